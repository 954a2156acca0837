-- What carries the bytes of a call over nginx's sockets and does nothing else: what
-- calls in nginx are compared with.

local ngx = require "ngx"
local requests = require "ses.resty.request"
local routes = require "ses.resty.route"
local ses = require "ses"

local M = {}

--- A call's request, as its transport gets it.
---@param client ses.Client
---@param operation string
---@param params table
---@return ses.TransportRequest
function M.request_of(client, operation, params)
  local signed = ses.check(client:call(operation, params, { dry_run = true }))
  signed.headers["amz-sdk-invocation-id"] = ("0"):rep(36)
  signed.headers["amz-sdk-request"] = "attempt=1; max=3"
  signed.connection = { connect_timeout = 5, verify = true, max_response_bytes = 1048576 }
  return signed
end

--- The bytes of a request.
---@param signed ses.TransportRequest
---@return string
function M.wire_of(signed)
  local first, target = signed.url:match("^(%a+://[^/]*)(.*)$")
  local route = assert(routes.find(routes.settings {}, first))
  return table.concat((assert(requests.format(signed.method, target, signed.headers,
    signed.body or "", route))))
end

-- Reads the head of an answer by lines, to find how long its body is, as anybody must.
local function exchange(host, port, options, wire)
  local socket = ngx.socket.tcp()
  assert(socket:connect(host, port, options))
  assert(socket:send(wire))
  local length
  local line = assert(socket:receive("*l"))
  while line ~= "" do
    length = length or tonumber(line:match("^[Cc]ontent%-[Ll]ength: (%d+)$"))
    line = assert(socket:receive("*l"))
  end
  assert(socket:receive(length))
  assert(socket:setkeepalive(60000, 256))
end

--- A function that sends the same bytes at each call, and reads the answer, over
--- connections of a pool.
---@param url string "http://127.0.0.1:8080"
---@param wire string
---@return fun()
function M.new(url, wire)
  local host, port = url:match("^http://([%d.]+):(%d+)$")
  local options = { pool = "bare" }
  port = tonumber(port)
  return function()
    exchange(host, port, options, wire)
  end
end

return M
