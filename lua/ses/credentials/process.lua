--- Credentials that another program prints: credential_process of a profile.
local command_line = require "ses.command_line"
local document = require "ses.credentials.document"
local fault = require "ses.credentials.fault"
local sets = require "ses.credentials.set"

local M = {}

local TIMEOUT = 30 -- seconds
local MAX_OUTPUT = 64 * 1024

-- What the program says of its failure is the only one to know why.
local function failed(name, result)
  local how = result.signal and ("signal " .. result.signal) or ("exit code "
    .. tostring(result.status or "unknown"))
  local said = result.stderr:gsub("%s+$", "")
  return fault.new("ProcessFailed", ("%s failed (%s)%s"):format(name, how,
    said ~= "" and ": " .. fault.quote(said) or ""))
end

local function read(ctx, name, output)
  local said = document.json(output)
  if not said then
    return fault.new("ProcessFailed", name .. " printed no JSON object")
  elseif said.Version ~= 1 then
    return fault.new("ProcessFailed", ("%s printed %s (expected Version 1)"):format(name,
      said.Version == nil and "no Version" or "another Version"))
  end
  return sets.new(name, {
    access_key_id = said.AccessKeyId, secret_access_key = said.SecretAccessKey,
    session_token = said.SessionToken, expires = said.Expiration,
  }, ctx.transport:time())
end

---@class ses.ProcessOptions
---@field command string the program and its arguments, quoted as for a shell; no shell reads it
---@field timeout number|nil seconds; 30

--- Runs the program.
---@param ctx ses.CredentialsContext
---@param options ses.ProcessOptions
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch(ctx, options)
  local transport = ctx.transport
  local words, reason = command_line.split(options.command)
  if not words then
    return fault.new("InvalidSetting", "credential_process is no command: " .. reason)
  elseif not transport.run then
    return fault.new("ProcessFailed", "credential_process cannot be run: the client's transport"
      .. " has no method run")
  end
  local name = "the credential process " .. fault.quote(words[1])
  local result, failure = transport:run(words, {
    deadline = math.min(transport:now() + (options.timeout or TIMEOUT), ctx.ends),
    max_output = MAX_OUTPUT,
  })
  if not result then
    return fault.new("ProcessFailed", name .. " failed: " .. fault.quote(failure.message), failure)
  elseif result.status ~= 0 then
    return failed(name, result)
  end
  return read(ctx, name, result.stdout)
end

return M
