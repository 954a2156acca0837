--- A client of the emulator's control plane.
local json = require "ses.emulator.json"
local transports = require "ses.transport"

local M = {}

local PATIENCE = 30

local CONNECTION = { connect_timeout = 5, verify = true, max_response_bytes = 1024 * 1024 * 1024 }

local function refusal(response)
  local value = json.decode(response.body)
  if type(value) == "table" and value.error then
    return nil, value.error, value.elsewhere
  end
  return nil, "the answer was HTTP " .. response.status
end

--- Calls the control plane of the emulator on a port.
---@param port integer
---@param method string
---@param name string "identities"
---@param body table|nil
---@return string|nil answer JSON
---@return string message what went wrong
---@return string|nil elsewhere another region, where the identity is that was asked for
function M.call(port, method, name, body)
  local transport = transports.default()
  local response, failure = transport:send({
    method = method, url = "http://127.0.0.1:" .. port .. "/_emulator/" .. name,
    headers = { ["Content-Type"] = "application/json", Host = "127.0.0.1:" .. port },
    body = body and json.encode(body) or nil, connection = CONNECTION,
  }, transport:now() + PATIENCE)
  if not response then
    return nil, failure.code == "ConnectionRefused"
      and "no emulator listens on port " .. port .. ": start one with sesctl emulator --port "
      .. port or failure.message
  elseif response.status ~= 200 then
    return refusal(response)
  end
  return response.body
end

--- Whether nothing listens on a port of this machine.
---@param port integer
---@return boolean
function M.is_free(port)
  local transport = transports.default()
  local response, failure = transport:send({
    method = "GET", url = "http://127.0.0.1:" .. port .. "/_emulator/clock",
    headers = { Host = "127.0.0.1:" .. port }, connection = CONNECTION,
  }, transport:now() + 2)
  return not response and failure.code == "ConnectionRefused"
end

--- Closes what the calls left open.
function M.close()
  transports.default():close()
end

return M
