-- Real nginx workers: that each run a job and write down what came of it, or
-- that answer requests.

local core = require "ses.core"
local emulator_client = require "ses.cli.emulator_client"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"

local M = {}

local PATH = "PATH=\"$PATH:/usr/sbin:/sbin\" "

local CONFIG = [[
@modules@@user@@main@daemon off;
worker_processes @workers@;
pid "@folder@/nginx.pid";
error_log "@folder@/error.log" @level@;
events { worker_connections 4096; }
http {
  access_log off;
  lua_package_path "@root@/?.lua;@root@/lua/?.lua;@root@/lua/?/init.lua;;";
  lua_package_cpath "@cpath@;;";
  @http@
}
]]

local JOB = [[
init_worker_by_lua_block {
  require("spec.support.nginx_worker").start("@folder@", "@jobs@", "@job@")
}
]]

local GIVEN = [[
init_by_lua_block { package.loaded["spec.support.given"] = [==[@given@]==] }
]]

local SERVER = [[
server {
  listen 127.0.0.1:@port@;
  keepalive_requests 1000000;
  location / { return 204; }
  @locations@
}
]]

--- Why nothing can be run in nginx here; or nil.
---@return string|nil
function M.missing()
  local version = shell.run(PATH .. "nginx -V")
  if not version:find("nginx version:", 1, true) then
    return "there is no nginx"
  end
  M.modules = ""
  if not version:find("ngx_lua", 1, true) and not version:find("openresty", 1, true) then
    local folder = version:match("%-%-modules%-path=(%S+)") or "/usr/lib/nginx/modules"
    for _, name in ipairs { "ndk_http_module.so", "ngx_http_lua_module.so" } do
      local path = folder .. "/" .. name
      if select(2, shell.run("test -f " .. shell.quote(path))) ~= 0 then
        return "nginx has no Lua module: there is no " .. path
      end
      M.modules = M.modules .. 'load_module "' .. path .. '";\n'
    end
  end
end

local function read(path)
  local file = io.open(path)
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

local function fill(template, values)
  return (template:gsub("@(%l+)@", values))
end

---@param given {workers: integer, main: string|nil, level: string|nil}
local function write_config(folder, given, http)
  local file = assert(io.open(folder .. "/nginx.conf", "w"))
  file:write(fill(CONFIG, {
    modules = M.modules, folder = folder, root = tree.lines("pwd -P")[1],
    cpath = os.getenv("SES_LUAJIT_CPATH") or "",
    user = tree.lines("id -u")[1] == "0" and "user root;\n" or "",
    workers = tostring(given.workers), http = http, level = given.level or "warn",
    main = given.main and given.main .. "\n" or "",
  }))
  file:close()
end

local function start(folder)
  return assert(io.popen(PATH .. "exec nginx -p " .. folder .. " -c " .. folder
    .. "/nginx.conf -e " .. folder .. "/error.log 2>&1"))
end

-- Ends an nginx; what it complained of comes back.
local function stop(folder, pipe)
  shell.run("kill -TERM $(cat " .. folder .. "/nginx.pid)")
  local said = pipe:read("*a")
  pipe:close()
  said = said .. (read(folder .. "/error.log") or "")
  shell.run("rm -rf " .. folder)
  return said
end

-- A text without the lines that have one of some others.
local function without(text, others)
  for _, other in ipairs(others) do
    text = text:gsub("[^\n]*\n", function(line)
      return line:find(other, 1, true) and "" or line
    end)
  end
  return text
end

-- What each worker wrote, once all have.
local function results_of(folder, given)
  for _ = 1, (given.seconds + 30) * 20 do
    local results, count = {}, 0
    for i = 1, given.workers do
      results[i] = read(folder .. "/worker-" .. i - 1)
      count = count + (results[i] and 1 or 0)
    end
    if count == given.workers then
      return results
    end
    os.execute("sleep 0.05")
  end
  return nil, "the workers did not finish"
end

--- Runs a function of a module, by default spec.support.nginx_jobs, in every
--- worker of an nginx. Raises where a worker fails, or complains.
---@param given {workers: integer, http: string|nil, main: string|nil, jobs: string|nil, job: string,
---  seconds: number, level: string|nil, allowed: string[]|nil, given: string|nil} main: directives
---  outside all blocks; in http, "@folder@" stands for a folder of the nginx's own; level: of what
---  counts as a complaint, nil: "warn"; allowed: texts, in lines with one of which nginx may
---  complain; given: what the module spec.support.given is
---@return string[] results what each worker's job returned, a text
function M.run(given)
  local folder = tree.lines("mktemp -d")[1]
  write_config(folder, given, fill((given.http or "") .. "\n" .. JOB, {
    folder = folder, jobs = given.jobs or "spec.support.nginx_jobs", job = given.job,
  }) .. (given.given and fill(GIVEN, { given = given.given }) or ""))
  local pipe = start(folder)
  local results, fault = results_of(folder, given)
  local said = without(stop(folder, pipe), given.allowed or {})
  if fault or said ~= "" then
    error(("%s: %s"):format(fault or "nginx complained", said), 2)
  end
  for _, text in ipairs(results) do
    local message = text:match("^failed: (.*)")
    if message then
      error(message, 2)
    end
  end
  return results
end

local function free_port()
  local port
  repeat
    local a, b = core.random(2):byte(1, 2)
    port = 10000 + (a * 256 + b) % 10000
  until emulator_client.is_free(port)
  return port
end

local Server = {}
Server.__index = Server

--- Sends a signal to its master process.
---@param signal string "HUP"
function Server:signal(signal)
  shell.run("kill -" .. signal .. " $(cat " .. self.folder .. "/nginx.pid)")
end

--- Ends it. Raises where it complained of something.
---@param ... string texts: in lines with one of them it may complain
function Server:stop(...)
  local said = without(stop(self.folder, self.pipe), { ... })
  if said ~= "" then
    error("nginx complained: " .. said, 2)
  end
end

--- Starts an nginx that answers requests.
---@param locations string of a server, in nginx's configuration
---@param options {workers: integer|nil, http: string|nil, level: string|nil}|nil workers: 1; http:
---  directives of that block; level: of what counts as a complaint, nil: "warn"
---@return {url: string, folder: string, stop: fun(self: table, ...: string)}
function M.serve(locations, options)
  local folder, port = tree.lines("mktemp -d")[1], free_port()
  options = options or {}
  assert(os.getenv("SES_LUAJIT_CPATH"), "SES_LUAJIT_CPATH is not set")
  local given = { workers = options.workers or 1, level = options.level }
  write_config(folder, given, (options.http or "") .. fill(SERVER, {
    port = tostring(port), locations = locations,
  }))
  local server = setmetatable({ folder = folder, url = "http://127.0.0.1:" .. port }, Server)
  server.pipe = start(folder)
  -- A worker that answers anything listens.
  for _ = 1, 200 do
    if not emulator_client.is_free(port) then
      return server
    end
    os.execute("sleep 0.05")
  end
  error("nginx does not answer: " .. stop(folder, server.pipe), 2)
end

return M
