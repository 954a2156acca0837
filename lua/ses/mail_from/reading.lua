--- Reads the MAIL FROM settings of any number of identities.
local concerns = require "ses.mail_from.concern"
local errors = require "ses.error"
local settings = require "ses.mail_from.setting"
local tell = require "ses.mail_from.progress"

local M = {}

-- A question that cannot be answered just now is asked again; for the second time
-- when a second has passed, which is all that SES's rates ask for.
local ROUNDS, LONGEST_PAUSE = 5, 20

--- Whether there is no way to SES: nothing came of any call, and this one has tried
--- to connect as often as calls do.
---@param err ses.Error
---@param concern ses.mail_from.Concern
---@return boolean
function M.is_out_of_reach(err, concern)
  return concern.allowed == 0 and err.kind == "transport" and err.sent == "none"
end

-- What SES refuses of several may be the fault of one.
local function read_one_by_one(client, names, concern, total)
  local found = {}
  for i = 1, #names do
    local some, err, may_pass = M.once(client, { names[i] }, concern, total)
    if not some then
      return nil, err, may_pass
    end
    found[names[i]] = some[names[i]]
  end
  return found
end

--- Puts one question.
---@param client table
---@param names string[] as many as a question is for at most
---@param concern ses.mail_from.Concern
---@param total number|nil seconds that each call may take; nil: as long as its turn takes to come
---@return table<string, ses.mail_from.Setting>|nil found one that SES did not tell of has `err`
---@return ses.Error|nil err one that concerns them all
---@return boolean|nil may_pass it may be answered another time
function M.once(client, names, concern, total)
  if not rawget(client, "_context") then
    return nil, errors.new("config", { code = "ClientClosed", message = "the client was closed" })
  end
  local found, err = settings.read(client, names, total and {
    max_wait = total, timeout = { total = math.min(total,
      client._context.timeout.total or math.huge) },
  })
  if found then
    concern:allow()
    return found
  end
  local judged, stops = concern:judge(err)
  if stops or judged.state == "again" then
    return nil, err, not stops
  elseif #names > 1 then
    return read_one_by_one(client, names, concern, total)
  end
  return { [names[1]] = settings.new { err = err } }
end

local function read_group(client, names, concern)
  local transport = client._context.transport
  for round = 1, ROUNDS do
    local found, err, may_pass = M.once(client, names, concern)
    if found or not may_pass or round == ROUNDS or M.is_out_of_reach(err, concern) then
      return found, err
    end
    transport:sleep((1 + transport:random()) / 2 * math.min(LONGEST_PAUSE, 2 ^ (round - 1)))
  end
end

--- Reads settings.
---@param client table a client of either API
---@param names string[] as SES has them, each once
---@param progress nil|fun(done: integer, total: integer): boolean|nil
---@return table<string, ses.mail_from.Setting>|nil found one that SES did not tell of has `err`
---@return ses.Error|nil err one that concerns them all
function M.all(client, names, progress)
  local found, concern = {}, concerns.new(client)
  for first = 1, #names, settings.PER_QUESTION[client.service] do
    local group = settings.group(client, names, first)
    local some, err = read_group(client, group, concern)
    if not some then
      return nil, err
    end
    for name, setting in pairs(some) do
      found[name] = setting
    end
    local done = first - 1 + #group
    err = tell(progress, "ReadingStopped", ("progress stopped it after %d of %d identities"):format(
      done, #names), done, #names)
    if err then
      return nil, err
    end
  end
  return found
end

return M
