-- What the worker of spec/nginx/process_spec.lua does.

local clock = require "ses.resty.clock"
local ngx = require "ngx"
local process = require "ses.resty.process"

local M = {}

local function sh(script, options)
  return process.run({ "sh", "-c", script }, options)
end

local function read(path)
  local file = io.open(path)
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

-- Whether none of the processes is left, or will be in a moment.
local function all_gone(pids)
  for pid in pids:gmatch("%d+") do
    local deadline = clock.now() + 10
    local state = (read("/proc/" .. pid .. "/stat") or ""):match("%) (%a)")
    while state and state ~= "Z" do
      if clock.now() > deadline then
        return false
      end
      clock.sleep(0.01)
      state = (read("/proc/" .. pid .. "/stat") or ""):match("%) (%a)")
    end
  end
  return true
end

local function described(result, err)
  if not result then
    return err.kind .. " " .. err.code .. " " .. err.message
  end
  return ("%s %s %s %s"):format(tostring(result.status), tostring(result.signal),
    result.stdout, result.stderr)
end

-- Lines, each a name and how a program ended.
function M.outcomes()
  local file = os.tmpname()
  local lines = {}
  local function say(name, ...)
    lines[#lines + 1] = name .. ": " .. described(...)
  end

  say("exit", sh("printf out; printf err >&2; exit 7"))
  say("good", sh("exit 0"))
  say("signal", sh("kill -15 $$"))
  say("missing", process.run { "/nowhere/program" })
  say("large", sh("exec yes", { max_output = 100 }))
  say("passed", sh("exit 0", { deadline = clock.now() }))
  local began = clock.now()
  say("late", sh("sleep 1000 & echo $! $$ >" .. file .. "; wait", { deadline = began + 0.3 }))
  local took = clock.now() - began
  lines[#lines + 1] = "in time: " .. tostring(took >= 0.3 and took < 5)
  lines[#lines + 1] = "gone: " .. tostring(all_gone(read(file)))
  os.remove(file)
  return table.concat(lines, "\n")
end

-- Programs one beside the other, whose ends nginx hears of as well.
function M.many()
  local threads, lines = {}, {}
  for i = 1, 20 do
    threads[i] = ngx.thread.spawn(function()
      return described(sh(("sleep 0.%02d; printf %d; exit %d"):format(i % 7, i, i)))
    end)
  end
  for i, thread in ipairs(threads) do
    lines[i] = select(2, ngx.thread.wait(thread))
  end
  return table.concat(lines, "\n")
end

local function get(path)
  local socket = ngx.socket.tcp()
  assert(socket:connect("unix:" .. ngx.config.prefix() .. "socket"))
  assert(socket:send("GET " .. path .. " HTTP/1.0\r\n\r\n"))
  local text = assert(socket:receive("*a"))
  socket:close()
  return text:match("\r\n\r\n(.*)$")
end

-- The content of the location /run.
function M.content()
  ngx.print(described(sh("sleep 1; printf ran; exit 5")))
end

-- A request that runs a program for a second, and how many others were answered
-- meanwhile.
function M.beside()
  local answer
  local thread = ngx.thread.spawn(function()
    answer = get("/run")
  end)
  local count = 0
  while not answer do
    assert(get("/") == "served")
    count = count + 1
    clock.sleep(0.01)
  end
  assert(ngx.thread.wait(thread))
  return answer .. "|" .. count
end

-- A program whose thread is killed.
function M.abandoned()
  local file = os.tmpname()
  local thread = ngx.thread.spawn(function()
    sh("echo $$ >" .. file .. "; sleep 1000")
  end)
  while read(file) == "" do
    clock.sleep(0.01)
  end
  assert(ngx.thread.kill(thread))
  thread = nil -- luacheck: ignore 311
  collectgarbage()
  collectgarbage()
  local pid = read(file)
  os.remove(file)
  return tostring(all_gone(pid))
end

return M
