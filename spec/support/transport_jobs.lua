-- What the worker of spec/nginx/transport_spec.lua does: the contract of
-- transports, and its neighbours' cases.

local cases = require "spec.support.cases"
local cjson = require "cjson"
local contract = require "spec.support.transport_contract"
local http_server = require "spec.support.http_server"
local transports = require "ses.resty.transport"

local M = {}

-- nginx keeps connections for the worker, by the host's name; any below localhost
-- is this machine.
local names = 0

local function alone()
  names = names + 1
  local host = ("//k%d.localhost:"):format(names)
  return function(url)
    return (url:gsub("//127%.0%.0%.1:", host))
  end
end

-- What asks the server about the cases, over connections that are not theirs.
local function new_control()
  local transport, rename = transports.new(), alone()
  local control = setmetatable({}, { __index = transport })
  function control:send(request, deadline) -- luacheck: no self
    request.url = rename(request.url)
    return transport:send(request, deadline)
  end
  return control
end

--- What the cases are about, here.
---@return table given
function M.given()
  local server = http_server.attach(cjson.decode((require "spec.support.given")), new_control())
  local proxy = "http://127.0.0.1:" .. server.proxy
  return {
    server = server, proxy = proxy, trusting = {}, alone = alone,
    through = function()
      return { proxy = proxy }
    end,
  }
end

local function outcomes(define)
  local given = M.given()
  return cases.outcomes(cases.list(define, given), function()
    given.transport = transports.new()
  end)
end

--- The cases of nginx alone.
function M.own()
  return outcomes(require "spec.support.nginx_transport_cases")
end

--- The contract.
function M.contract()
  return outcomes(contract.define)
end

local function failure_of(url, connection)
  local transport = transports.new()
  local began = transport:now()
  local response, err = transport:send({
    method = "GET", url = url, headers = {}, connection = connection,
  }, began + 60)
  assert(not response, "there is a response")
  err.took = transport:now() - began
  return cjson.encode(err)
end

--- The error of a request over TLS.
function M.verify()
  return failure_of((M.given().server:url("ok", "tls")))
end

--- The error of a request over TLS to a peer whose certificate is far from the trusted one.
function M.verify_deep()
  return failure_of((M.given().server:url("ok", "deep")))
end

--- The status of the response to such a request.
function M.reach_deep()
  return cjson.encode(assert(transports.new():send({
    method = "GET", url = (M.given().server:url("ok", "deep")), headers = {},
  })).status)
end

--- The error of a request to a name.
function M.resolve()
  return failure_of("http://mail.here.test/", { connect_timeout = 0.2 })
end

return M
