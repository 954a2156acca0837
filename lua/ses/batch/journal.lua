--- What has become of every entry of a batch, on file.
---
--- A journal is a file that only grows, one line for each change. Its first line
--- names the batch: a journal of another one is refused. While a batch runs the
--- file is locked; the lock ends with the process, however that ends.
---
--- An entry is noted as being sent before its request is made, so that after a
--- crash nothing that was sent counts as not sent. Lines reach the operating
--- system before the request does, and outlive the process; they outlive a loss
--- of power where the option `sync` is set, which waits for the disk each time.
---
---   > 1-50                 are being sent (or, where nothing follows: unknown)
---   + 1 0100018f...        was sent, with this message id
---   - 2 MessageRejected    failed for good, with this code
---   ? 3 AttemptTimeout     may have been sent: no answer said
---   < 4-7                  were not accepted, and wait again
---   x 3                    was unknown and is given up
---
--- Each line ends with a checksum. A last line that was cut short is removed,
--- one that is damaged elsewhere is refused.
local core = require "ses.core"
local errors = require "ses.error"

local M = {}

---@class ses.Journal
local Journal = {}
Journal.__index = Journal

local VERSION = "ses-journal 1"
local LARGEST = 1024 * 1024 * 1024

local STATES = {
  [">"] = "sending", ["+"] = "sent", ["-"] = "failed", ["?"] = "unknown", ["<"] = "queued",
  ["x"] = "dropped",
}
local LETTERS = {}
for letter, state in pairs(STATES) do
  LETTERS[state] = letter
end

local function failed(code, message)
  return nil, errors.new("journal", { code = code, message = message })
end

local function checksum(text)
  return core.sha256(text):sub(1, 8)
end

local function line_of(text)
  return text .. " " .. checksum(text) .. "\n"
end

-- A text that names a value and nothing else: tables with their keys in order.
local function canonical(value, depth)
  local kind = type(value)
  if kind == "string" then
    return "s" .. #value .. ":" .. value
  elseif kind == "number" then
    return ("n%.17g"):format(value)
  elseif kind ~= "table" then
    return kind == "boolean" and tostring(value) or "null"
  elseif depth > 100 then
    error("ses.batch: the message is nested more than 100 levels deep, or holds itself", 0)
  end
  local keys, parts = {}, {}
  for key in pairs(value) do
    keys[#keys + 1] = { text = canonical(key, depth + 1), key = key }
  end
  table.sort(keys, function(a, b) return a.text < b.text end)
  for i = 1, #keys do
    parts[i] = keys[i].text .. canonical(value[keys[i].key], depth + 1)
  end
  return "{" .. table.concat(parts) .. "}"
end

--- The name of a batch: of what all its messages share, and its entries' ids.
---@param message any
---@param ids string[]
---@return string hexadecimal
function M.fingerprint(message, ids)
  return core.sha256(canonical(message, 0) .. canonical(ids, 0))
end

-- "1-3,7" of { 1, 2, 3, 7 }.
local function ranges(list)
  local parts, i = {}, 1
  while i <= #list do
    local last = i
    while list[last + 1] == list[last] + 1 do
      last = last + 1
    end
    parts[#parts + 1] = last > i and list[i] .. "-" .. list[last] or tostring(list[i])
    i = last + 1
  end
  return table.concat(parts, ",")
end

-- A detail is one word: what a service says must not make a line of its own.
local function word(text)
  text = tostring(text or ""):gsub("[^!-~]", "?"):sub(1, 200)
  return text ~= "" and " " .. text or ""
end

-- Applies a line to the states. False: it says nothing of such a batch.
local function apply(states, count, text)
  local letter, numbers, detail = text:match("^([>+?<x-]) ([%d,-]+) ?([!-~]*)$")
  local state = STATES[letter]
  if not state then
    return false
  end
  for piece in numbers:gmatch("[^,]+") do
    local first, last = piece:match("^(%d+)%-?(%d*)$")
    first, last = tonumber(first), tonumber(last ~= "" and last or first)
    if not first or first < 1 or last < first or last > count then
      return false
    end
    for i = first, last do
      states[i] = { state = state, detail = detail ~= "" and detail or nil }
    end
  end
  return true
end

local function checked(line)
  local text, sum = line:match("^(.*) (%x+)$")
  return text and checksum(text) == sum and text or nil
end

-- The states that a journal's lines say, and how many bytes of it are whole.
local function replay(path, content, head, count)
  local states, at, number = {}, 1, 0
  while at <= #content do
    local stop = content:find("\n", at, true)
    local text = stop and checked(content:sub(at, stop - 1))
    local is_last = not stop or stop == #content
    if not text and is_last and number > 0 then
      -- The process, or the machine, ended while it was written.
      break
    elseif not text then
      return failed("JournalDamaged", ("%s: line %d is damaged or is no line of a journal: move"
        .. " the file away, or name another"):format(path, number + 1))
    elseif number == 0 and text ~= head then
      return failed("JournalMismatch", path .. ": this is the journal of another batch, or of"
        .. " another message or other ids: name another file")
    elseif number > 0 and not apply(states, count, text) then
      return failed("JournalDamaged", ("%s: line %d does not fit a batch of %d entries")
        :format(path, number + 1, count))
    end
    at, number = stop + 1, number + 1
  end
  return states, at - 1
end

local CODES = { locked = "JournalLocked", full = "JournalFull" }

--- What is wrong with the name of a journal.
---@param value any
---@return string|nil
function M.path_fault(value)
  if type(value) ~= "string" or value == "" or value:find("\0", 1, true) then
    return "expected the name of a file, got "
      .. (type(value) == "string" and "one that is empty or has a NUL byte" or type(value))
  end
end

--- Opens the journal of a batch, or begins it, and locks it.
---@param path string
---@param fingerprint string of M.fingerprint
---@param count integer of entries
---@param sync boolean|nil wait for the disk before each request
---@return ses.Journal|nil
---@return table<integer, {state: string, detail: string|nil}>|ses.Error states of the entries that
---  are no longer queued, or the error
function M.open(path, fingerprint, count, sync)
  local log, message, code = core.open_log(path)
  if not log then
    return failed(CODES[code] or "JournalUnusable", message)
  end
  local head = ("%s %s %d"):format(VERSION, fingerprint, count)
  local self = setmetatable({ path = path, log = log, sync = sync }, Journal)
  local content
  content, message = log:read(LARGEST)
  if not content then
    log:close()
    return failed("JournalUnusable", message)
  end
  -- A first line that was never finished is no journal's yet.
  local is_new = content == "" or line_of(head):sub(1, #content) == content
    and #content < #line_of(head)
  local states, whole = {}, 0
  if not is_new then
    states, whole = replay(path, content, head, count)
    if not states then
      log:close()
      return nil, whole
    end
  end
  local ok, err = true, nil
  if whole < #content then
    ok, message = log:truncate(whole)
    if not ok then
      ok, err = failed("JournalUnusable", message)
    end
  end
  if ok and is_new then
    ok, err = self:write { head }
  end
  if not ok then
    log:close()
    return nil, err
  end
  return self, states
end

--- Adds lines, all or none.
---@param texts string[] without their checksums
---@return true|nil
---@return ses.Error|nil
function Journal:write(texts)
  local lines = {}
  for i = 1, #texts do
    lines[i] = line_of(texts[i])
  end
  local ok, message, code = self.log:append(table.concat(lines))
  if ok and self.sync then
    ok, message, code = self.log:sync()
  end
  if not ok then
    return failed(CODES[code] or "JournalUnusable", message)
  end
  return true
end

--- Notes that entries share a state.
---@param state "sending"|"queued"|"dropped"
---@param numbers integer[] in order
---@return true|nil
---@return ses.Error|nil
function Journal:note(state, numbers)
  return self:write { LETTERS[state] .. " " .. ranges(numbers) }
end

--- Notes what became of entries.
---@param outcomes {number: integer, state: string, detail: string|nil}[]
---@return true|nil
---@return ses.Error|nil
function Journal:settle(outcomes)
  local texts = {}
  for i = 1, #outcomes do
    local outcome = outcomes[i]
    texts[i] = LETTERS[outcome.state] .. " " .. outcome.number .. word(outcome.detail)
  end
  return self:write(texts)
end

--- Ends the lock. The file stays.
function Journal:close()
  self.log:close()
end

return M
