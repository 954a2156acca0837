--- Mail by the thousand: SendEmail for each message, or SendBulkEmail for
--- groups of destinations.
local engine = require "ses.batch.engine"
local journals = require "ses.batch.journal"
local map = require "ses.batch.map"
local options = require "ses.options"
local pace = require "ses.pace"
local ratelimit = require "ses.ratelimit"
local tables = require "ses.tables"
local verdict = require "ses.batch.verdict"

local M = {}

-- SendBulkEmail takes no more destinations.
local PER_CALL = 50

local POLICIES = { hold = true, resend = true, drop = true }

local function policy_fault(value)
  if not POLICIES[value] then
    return "expected 'hold', 'resend' or 'drop', got "
      .. (type(value) == "string" and "'" .. value .. "'" or type(value))
  end
end

local function group_fault(value)
  return options.whole_number(value)
    or (value > PER_CALL and "SendBulkEmail takes 50 destinations at most" or nil)
end

local SCHEMA = {
  concurrency = options.whole_number, rounds = options.whole_number,
  deadline = options.seconds, progress = options.of "function",
  journal = journals.path_fault, sync = options.of "boolean", unknown = policy_fault,
}

local BULK_SCHEMA = tables.copy(SCHEMA)
BULK_SCHEMA.group = group_fault

-- The ids of entries; what is wrong with them.
local function ids_of(list, what, has_journal)
  local ids, seen = {}, {}
  for i = 1, #list do
    if type(list[i]) ~= "table" then
      return nil, ("%s[%d]: expected a table, got %s"):format(what, i, type(list[i]))
    end
    local id = list[i].id
    if id == nil and has_journal then
      return nil, ("%s[%d].id: a journal needs an id of your own for each entry, which stays the"
        .. " same when the batch is resumed"):format(what, i)
    elseif id ~= nil and type(id) ~= "string" then
      return nil, ("%s[%d].id: expected a string, got %s"):format(what, i, type(id))
    end
    id = id or tostring(i)
    if seen[id] then
      return nil, ("%s[%d].id: '%s' is the id of %s[%d] too"):format(what, i, id, what, seen[id])
    end
    seen[id] = i
    ids[i] = id
  end
  return ids
end

-- An entry's own id is no member of a request.
local function without_id(entry)
  local copy = tables.copy(entry)
  copy.id = nil
  return copy
end

local function check(where, v2, list, what, opts, schema)
  local transport = map.transport_of(v2, where)
  local fault = options.fault(opts, schema)
  local ids
  if v2.service ~= "sesv2" then
    fault = "expected a client of API v2: ses.client(\"sesv2\")"
  elseif not fault and type(list) ~= "table" then
    fault = what .. ": expected a list, got " .. type(list)
  elseif not fault then
    ids, fault = ids_of(list, what, opts.journal ~= nil)
  end
  if fault then
    error(where .. ": " .. fault, 3)
  end
  return transport, ids
end

-- How long, in seconds, the rate may take to learn; and of a batch's time, how
-- much of it.
local LEARNING, SHARE = 10, 0.25

-- What the engine asks of a client. A batch is paced by the account's own rate,
-- where it can be learnt. Where it cannot, for want of a permission, the
-- service's throttling has to do.
local function job_of(v2, transport, ids, message)
  return {
    transport = transport, ids = ids, message = message,
    is_closed = function() return not rawget(v2, "_context") end,
    prepare = function(left)
      local context = v2._context
      if context.rate and not pace.send_rate(context) then
        local total = math.max(0.001, math.min(left * SHARE, LEARNING))
        v2:get_account({}, { retry = { mode = "off" }, timeout = { total = total } })
      end
    end,
  }
end

-- A call of a batch waits for its turn as long as that takes.
local function patient(max_wait)
  return { max_wait = max_wait, timeout = { total = math.huge } }
end

--- Sends messages with SendEmail, each at most once.
---
--- Messages that were not accepted are tried again. One that may have been sent
--- is `unknown` and is not. A daily quota, a suspension, a pause and refused
--- credentials stop the batch; what was not sent stays `queued`.
---@param v2 table a client of API v2
---@param messages table[] parameters of SendEmail, each with an `id` of its own
---@param opts ses.BatchOptions|nil
---@return ses.BatchReport|nil
---@return ses.Error|nil err the journal cannot be used; nothing was sent
function M.messages(v2, messages, opts)
  opts = opts == nil and {} or opts
  local transport, ids = check("ses.batch.send", v2, messages, "messages", opts, SCHEMA)
  local job = job_of(v2, transport, ids)
  job.groups = engine.one_by_one
  function job.fire(numbers, max_wait)
    local result, err = v2:send_email(without_id(messages[numbers[1]]), patient(max_wait))
    if result then
      return { { state = "sent", message_id = result.MessageId } }
    end
    local judged, stops = verdict.of_error(err)
    return { judged }, stops and err or nil
  end
  return engine.run(job, opts)
end

-- Groups of entries that one call takes, by their destinations.
local function grouping(entries, most)
  return function(numbers)
    local groups, group, destinations = {}, nil, 0
    for i = 1, #numbers do
      local count = ratelimit.recipients("SendBulkEmail",
        { BulkEmailEntries = { entries[numbers[i]] } })
      if not group or #group == most or destinations + count > PER_CALL then
        group, destinations = {}, 0
        groups[#groups + 1] = group
      end
      group[#group + 1] = numbers[i]
      destinations = destinations + count
    end
    return groups
  end
end

-- One call of SendBulkEmail. Parameters that are refused before anything is sent
-- are the fault of some entries, and not of those beside them: then each goes
-- alone.
local function send_entries(v2, message, entries, numbers, max_wait)
  local params = tables.copy(message)
  params.BulkEmailEntries = {}
  for i = 1, #numbers do
    params.BulkEmailEntries[i] = without_id(entries[numbers[i]])
  end
  local result, err = v2:send_bulk_email(params, patient(max_wait))
  local verdicts, stopping = {}, nil
  if err and err.kind == "validation" and #numbers > 1 then
    for i = 1, #numbers do
      verdicts[i] = { state = "again" }
      if not stopping then
        local alone
        alone, stopping = send_entries(v2, message, entries, { numbers[i] }, max_wait)
        verdicts[i] = alone[1]
      end
    end
    return verdicts, stopping
  end
  for i = 1, #numbers do
    local stops
    if result then
      verdicts[i], stops = verdict.of_entry((result.BulkEmailEntryResults or {})[i])
    else
      verdicts[i], stops = verdict.of_error(err)
    end
    stopping = stopping or (stops and verdicts[i].err) or nil
  end
  return verdicts, stopping
end

--- Sends one templated message to many, with SendBulkEmail.
---
--- Every entry has an outcome of its own. Those that were throttled, or failed
--- for a passing reason, are tried again; a daily quota, a suspension, a pause
--- and refused credentials stop the batch; all else is final.
---@param v2 table a client of API v2
---@param message table parameters of SendBulkEmail but BulkEmailEntries
---@param entries table[] of BulkEmailEntries, each with an `id` of its own
---@param opts ses.BatchOptions|{group: integer|nil}|nil group: entries in a call; nil: 50
---@return ses.BatchReport|nil
---@return ses.Error|nil err the journal cannot be used; nothing was sent
function M.bulk(v2, message, entries, opts)
  opts = opts == nil and {} or opts
  local transport, ids = check("ses.batch.send_bulk", v2, entries, "entries", opts, BULK_SCHEMA)
  if type(message) ~= "table" then
    error("ses.batch.send_bulk: message: expected a table, got " .. type(message), 2)
  elseif message.BulkEmailEntries ~= nil then
    error("ses.batch.send_bulk: message.BulkEmailEntries: the entries are an argument of their own",
      2)
  end
  local job = job_of(v2, transport, ids, message)
  job.groups = grouping(entries, opts.group or PER_CALL)
  function job.fire(numbers, max_wait)
    return send_entries(v2, message, entries, numbers, max_wait)
  end
  return engine.run(job, opts)
end

return M
