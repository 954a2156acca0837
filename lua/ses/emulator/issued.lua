--- Credentials that the emulator gives out: keys that its services take until
--- they expire.
local bounded = require "ses.emulator.bounded"
local core = require "ses.core"

local M = {}

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

-- Seconds before their end at which kept credentials are replaced.
local MARGIN = 300

---@class ses.emulator.Issued
---@field access_key_id string
---@field secret_access_key string
---@field session_token string
---@field since number seconds since the epoch, on the service's clock
---@field expires number the same
---@field principal ses.emulator.Principal

local function new_id()
  return "ASIA" .. core.random(16):gsub(".", function(char)
    local i = char:byte() % #ALPHABET + 1
    return ALPHABET:sub(i, i)
  end)
end

--- Random text that is hard to guess.
---@param bytes integer of which it is made
---@return string base64
function M.random_text(bytes)
  return core.encode_base64(core.random(bytes))
end

--- Issues credentials.
---@param state table see ses.emulator.state
---@param principal ses.emulator.Principal whose they are
---@param seconds number how long they are good, unless there is a lifetime for all
---@param now number seconds since the epoch, on the service's clock
---@return ses.emulator.Issued
function M.issue(state, principal, seconds, now)
  local source = state.credentials
  local since = math.floor(now)
  local issued = {
    access_key_id = new_id(), secret_access_key = M.random_text(30),
    session_token = M.random_text(192), since = since,
    expires = since + (source.lifetime or seconds), principal = principal,
  }
  bounded.put(state.keys, source.issued, issued.access_key_id, issued)
  return issued
end

--- Credentials that everybody gets who asks under the same name, until five
--- minutes before their end.
---@param state table
---@param name string
---@param principal ses.emulator.Principal
---@param seconds number
---@param now number
---@return ses.emulator.Issued
function M.kept(state, name, principal, seconds, now)
  local kept = state.credentials.kept
  local issued = kept[name]
  if not issued or issued.expires - now <= MARGIN
    or state.keys[issued.access_key_id] ~= issued then
    issued = M.issue(state, principal, seconds, now)
    kept[name] = issued
  end
  return issued
end

--- A time as documents have it that programs read.
---@param seconds number whole
---@return string
function M.time(seconds)
  return core.format_time(seconds, "iso8601")
end

return M
