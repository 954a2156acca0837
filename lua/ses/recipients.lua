--- How many recipients a call sends to: SES counts those, not calls.
---
--- Parameters come as the caller gave them and may be anything at all: what
--- does not fit counts as little as it can, and is refused later.
local rfc5322 = require "ses.rfc5322"

local M = {}

-- Bytes of a raw message to look for its header fields in.
local HEAD = 128 * 1024

local KINDS = { "ToAddresses", "CcAddresses", "BccAddresses" }
local FIELDS = { to = true, cc = true, bcc = true }

-- Reads a member past any metatable; nil of what is no table.
local function member(value, name)
  if type(value) == "table" then
    return rawget(value, name)
  end
  return nil
end

local function length(list)
  local count = 0
  while member(list, count + 1) ~= nil do
    count = count + 1
  end
  return count
end

local function of_destination(destination)
  local count = 0
  for i = 1, #KINDS do
    count = count + length(member(destination, KINDS[i]))
  end
  return count
end

-- Every entry is a message of its own.
local function of_entries(entries)
  local count, i = 0, 1
  local entry = member(entries, 1)
  while entry ~= nil do
    count = count + math.max(of_destination(member(entry, "Destination")), 1)
    i = i + 1
    entry = member(entries, i)
  end
  return count
end

local function of_head(raw)
  if type(raw) ~= "string" then
    return 0
  end
  local count = 0
  local fields = rfc5322.fields(raw:sub(1, HEAD))
  for i = 1, #fields do
    local items = FIELDS[fields[i].name] and rfc5322.split(fields[i].value) or {}
    for j = 1, #items do
      count = count + (items[j]:find("@", 1, true) and 1 or 0)
    end
  end
  return count
end

local counts = {}

function counts.SendEmail(params)
  local count = of_destination(member(params, "Destination"))
  if count > 0 then
    return count
  end
  return of_head(member(member(member(params, "Content"), "Raw"), "Data"))
end

function counts.SendTemplatedEmail(params)
  return of_destination(member(params, "Destination"))
end

function counts.SendRawEmail(params)
  local count = length(member(params, "Destinations"))
  if count > 0 then
    return count
  end
  return of_head(member(member(params, "RawMessage"), "Data"))
end

function counts.SendBulkEmail(params)
  return of_entries(member(params, "BulkEmailEntries"))
end

function counts.SendBulkTemplatedEmail(params)
  return of_entries(member(params, "Destinations"))
end

function counts.SendBounce()
  return 1
end

counts.SendCustomVerificationEmail = counts.SendBounce

--- How many recipients a call sends to.
---@param operation string
---@param params any
---@return integer|nil count 1 or more; nil: the operation does not count as sending
function M.count(operation, params)
  local count = counts[operation]
  return count and math.max(count(params), 1) or nil
end

return M
