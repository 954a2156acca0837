-- Clients whose transport answers from a list: see fake_transport.

local fake_transport = require "spec.support.fake_transport"
local ses = require "ses"

local M = {}

--- AWS's published example.
M.PAIR = {
  access_key_id = "AKIDEXAMPLE",
  secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
}

--- A client without pacing, unless the options have some.
---@param service string
---@param answers table|nil
---@param options table|nil of ses.client
---@return table client
---@return table transport
function M.client(service, answers, options)
  local given = { region = "eu-west-1", credentials = M.PAIR, rate = false,
    transport = fake_transport.new(answers) }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return assert(ses.client(service, given)), given.transport
end

--- A client that makes each call once.
---@return table client
---@return table transport
function M.once(service, answers, options)
  local given = { retry = { mode = "off" } }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return M.client(service, answers, given)
end

return M
