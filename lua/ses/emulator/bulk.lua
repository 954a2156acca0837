--- Calls that send to many destinations, each of which has a result of its own.
local bulk_status = require "ses.emulator.bulk_status"
local errors = require "ses.emulator.errors"
local sending = require "ses.emulator.sending"

local M = {}

local MOST = 50

-- What holds of the whole call and not of one destination.
local OF_CALL = { no_template = true, no_configuration_set = true }

---@class ses.emulator.BulkResult what both APIs say of an entry
---@field Status string in the spelling of the API that was called
---@field Error string|nil
---@field MessageId string|nil

local function on_demand(ctx)
  local injected = ctx.entry_fault()
  if injected then
    local status = bulk_status.read(injected.entry_status)
    return status, injected.message or "Fault on demand: " .. bulk_status.spell(ctx.api, status)
  end
end

local function send(ctx, entry, broken, mail_of)
  local status, message = on_demand(ctx)
  if status then
    return status, message
  end
  local id
  if not broken then
    local mail
    mail, broken = mail_of(entry)
    if mail then
      id, broken = sending.send(ctx, mail)
    end
  end
  if not id then
    return bulk_status.of(broken.kind), broken.message
  end
  return "SUCCESS", nil, id
end

--- Sends to every destination.
---@param ctx ses.emulator.Context
---@param entries table[]
---@param broken ses.emulator.Fault|nil what is wrong with all of them
---@param mail_of fun(entry: table): ses.emulator.Mail|nil, ses.emulator.Fault|nil
---@return ses.emulator.BulkResult[]|nil
---@return ses.emulator.Fault|nil of the call
function M.send(ctx, entries, broken, mail_of)
  if #entries < 1 or #entries > MOST then
    return errors.fault("invalid", "There must be from 1 to " .. MOST .. " destinations, got "
      .. #entries .. ".")
  elseif broken and not (OF_CALL[broken.kind] and ctx.assume.bulk_not_found ~= "call") then
    return nil, broken
  end
  local results = {}
  for i, entry in ipairs(entries) do
    local status, message, id = send(ctx, entry, broken, mail_of)
    results[i] = { Status = bulk_status.spell(ctx.api, status), Error = message, MessageId = id }
  end
  return results
end

return M
