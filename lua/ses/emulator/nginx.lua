--- The emulator's host on nginx: one process, one Lua state, one emulator.
---
--- `sesctl emulator` writes the configuration that calls these functions.
local ngx = require "ngx"
local concurrency = require "ses.resty.concurrency"
local emulators = require "ses.emulator"
local ports = require "ses.emulator.nginx_port"

local M = {}

-- nginx looks at the signals that it got after every event. One that comes just
-- before it waits for events would be seen with the next only.
local SIGNAL_DELAY = 0.1

local emulator, settings

local function give_up(message)
  io.stderr:write("sesctl emulator: ", message, "\n")
  os.exit(255)
end

local function say_ready()
  local url = "http://127.0.0.1:" .. settings.port
  local keys = emulator:defaults()
  local ok, message = io.stdout:write(
    "SES emulator ready on ", url, "\n\n",
    "export AWS_ENDPOINT_URL=", url, "\n",
    "export AWS_REGION=", keys.region, " AWS_DEFAULT_REGION=", keys.region, "\n",
    "export AWS_ACCESS_KEY_ID=", keys.credentials.access_key_id, "\n",
    "export AWS_SECRET_ACCESS_KEY=", keys.credentials.secret_access_key, "\n")
  if ok then
    ok, message = io.stdout:flush()
  end
  if not ok then
    give_up("standard output: " .. message)
  end
end

--- Makes the emulator; for init_by_lua. The marker is a file that says that
--- this process started before.
---@param given {port: integer, marker: string, options: table}
function M.start(given)
  -- A terminal that is closed sends SIGHUP, which nginx takes for a wish to
  -- read its configuration again. To a command in the foreground it is the end.
  if io.open(given.marker) then
    os.exit(129)
  end
  local claimed, message = ports.claim(given.port)
  if not claimed then
    give_up(message)
  end
  assert(io.open(given.marker, "w")):close()
  settings = given
  settings.options.time = ngx.now
  emulator = emulators.new(settings.options)
  emulator.host.all, emulator.host.warn = concurrency.all, function(text)
    io.stderr:write("sesctl emulator: ", text, "\n")
  end
end

--- Says that requests can come; for init_worker_by_lua.
function M.ready()
  assert(ngx.timer.every(SIGNAL_DELAY, function() end))
  say_ready()
end

-- Time goes by while a body arrives.
local function read_body()
  ngx.req.read_body()
  ngx.update_time()
  return ngx.req.get_body_data()
end

local function request()
  return {
    method = ngx.req.get_method(), target = ngx.var.request_uri,
    headers = ngx.req.get_headers(0), body = read_body,
  }
end

-- The start of an answer whose Content-Length promises all of it.
local function cut(response)
  local lines = { "HTTP/1.1 " .. response.status .. " " }
  for name, value in pairs(response.headers) do
    lines[#lines + 1] = name .. ": " .. value
  end
  lines[#lines + 1] = "Content-Length: " .. #response.body
  local socket = assert(ngx.req.socket(true))
  socket:send(table.concat(lines, "\r\n") .. "\r\n\r\n"
    .. response.body:sub(1, response.truncate))
end

local function answer(response)
  ngx.status = response.status
  for name, value in pairs(response.headers) do
    ngx.header[name] = value
  end
  ngx.header["Content-Length"] = #response.body
  ngx.print(response.body)
end

--- Answers a request; for content_by_lua.
function M.serve()
  local given = request()
  local ok, response = xpcall(function()
    return emulator:handle(given)
  end, debug.traceback)
  if not ok then
    ngx.log(ngx.ERR, "the emulator failed: ", response)
    return ngx.exit(500)
  end
  if response.delay then
    ngx.sleep(response.delay)
  end
  if response.reset or response.drop == "unread" then
    -- The location of that name closes with a reset.
    return ngx.exec("@reset")
  elseif response.drop then
    return ngx.exit(444)
  elseif response.truncate and response.truncate < #response.body then
    return cut(response)
  end
  answer(response)
end

return M
