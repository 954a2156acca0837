-- What the worker of spec/nginx/client_contract_spec.lua does: the contract of
-- clients.

local cases = require "spec.support.cases"
local cjson = require "cjson"
local contract = require "spec.support.client_contract"
local http_server = require "spec.support.http_server"
local transports = require "ses.resty.transport"

local M = {}

--- The contract.
function M.contract()
  local described = cjson.decode((require "spec.support.given"))
  local control, given, count = transports.new(), {}, 0
  given.server = http_server.attach(described.server, control)
  function given.ask(method, target, body)
    return assert(control:send({
      method = method, url = described.url .. target, headers = {}, body = body,
    }, control:now() + 60)).body
  end
  contract.equip(given)
  return cases.outcomes(contract.list("resty", given), function()
    -- nginx keeps connections for the worker, by the host's name; any below localhost
    -- is this machine.
    count = count + 1
    given.url = described.url:gsub("127%.0%.0%.1", ("k%d.localhost"):format(count))
    given.transport = transports.new()
    given.reset()
  end)
end

return M
