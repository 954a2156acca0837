-- A transport over nginx's cosockets, for specs: plain HTTP to an emulator on
-- this machine, whose answers have a Content-Length. What programs use in nginx
-- is another.

local clock = require "ses.resty.clock"
local ngx = require "ngx"
local semaphore = require "ngx.semaphore"

local M = {}

local Transport = {}
Transport.__index = Transport

local PATIENCE = 60 -- seconds, where there is no deadline

local function failure(code, message, sent)
  return nil, { kind = code == "AttemptTimeout" and "timeout" or "transport", code = code,
                message = message, sent = sent }
end

-- nginx counts in milliseconds, and takes none for no limit at all.
local function milliseconds(seconds)
  return math.max(1, math.ceil(seconds * 1000))
end

-- A request in its wire form.
local function format(request, path, host)
  local body = request.body or ""
  local lines = { request.method .. " " .. path .. " HTTP/1.1" }
  for name, value in pairs(request.headers) do
    lines[#lines + 1] = name .. ": " .. value
  end
  if not (request.headers.Host or request.headers.host) then
    lines[#lines + 1] = "Host: " .. host
  end
  lines[#lines + 1] = "Content-Length: " .. #body .. "\r\n\r\n"
  return table.concat(lines, "\r\n") .. body
end

-- Reads an answer; step is a method of the socket with what is left of the time.
local function receive(step)
  local line, problem = step("receive", "*l")
  local response = { status = tonumber(line and line:match("^HTTP/1%.1 (%d%d%d)")), headers = {} }
  while line and line ~= "" do
    line, problem = step("receive", "*l")
    local name, value = (line or ""):match("^([^:]+):%s*(.*)$")
    if name then
      response.headers[name:lower()] = value
    end
  end
  if line then
    response.body, problem = step("receive", tonumber(response.headers["content-length"]))
  end
  return response.body and response, problem
end

function Transport:send(request, deadline) -- luacheck: no self
  deadline = deadline or clock.now() + PATIENCE
  local host, port, path = request.url:match("^http://([%d.]+):(%d+)(.*)$")
  local socket = ngx.socket.tcp()

  local function step(method, ...)
    local left = deadline - clock.now()
    if left <= 0 then
      return nil, "timeout"
    end
    socket:settimeout(milliseconds(left))
    return socket[method](socket, ...)
  end

  local ok, problem = step("connect", host, tonumber(port))
  if not ok then
    return failure(problem == "timeout" and "ConnectTimeout" or problem == "connection refused"
      and "ConnectionRefused" or "ConnectionFailed", problem, "none")
  end
  local response
  ok, problem = step("send", format(request, path, host .. ":" .. port))
  if ok then
    response, problem = receive(step)
  end
  if not response then
    socket:close()
    return failure(problem == "timeout" and "AttemptTimeout" or "ConnectionClosed", problem, "all")
  end
  socket:setkeepalive(60000, 256)
  return response
end

function Transport:sleep(seconds) -- luacheck: no self
  clock.sleep(seconds)
end

function Transport:now() -- luacheck: no self
  return clock.now()
end

function Transport:time() -- luacheck: no self
  ngx.update_time()
  return ngx.now()
end

function Transport:random() -- luacheck: no self
  return math.random()
end

function Transport:close() end -- luacheck: no self

local Cond = {}
Cond.__index = Cond

function Cond:wait(timeout)
  return self.semaphore:wait(milliseconds(timeout or PATIENCE) / 1000) == true
end

function Cond:signal()
  local waiting = -self.semaphore:count()
  if waiting > 0 then
    self.semaphore:post(waiting)
  end
end

function Transport:cond() -- luacheck: no self
  return setmetatable({ semaphore = assert(semaphore.new()) }, Cond)
end

--- A transport for the worker that asks for it.
---@return ses.Transport
function M.new()
  return setmetatable({}, Transport)
end

return M
