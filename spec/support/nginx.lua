-- Real nginx workers that each run a job and write down what came of it.

local shell = require "spec.support.shell"
local tree = require "spec.support.tree"

local M = {}

local PATH = "PATH=\"$PATH:/usr/sbin:/sbin\" "

local CONFIG = [[
@modules@@user@daemon off;
worker_processes @workers@;
pid "@folder@/nginx.pid";
error_log "@folder@/error.log" warn;
events { worker_connections 4096; }
http {
  access_log off;
  lua_package_path "@root@/?.lua;@root@/lua/?.lua;@root@/lua/?/init.lua;;";
  @http@
  init_worker_by_lua_block {
    require("spec.support.nginx_worker").start("@folder@", "@jobs@", "@job@")
  }
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

local function write_config(folder, given)
  local file = assert(io.open(folder .. "/nginx.conf", "w"))
  file:write((CONFIG:gsub("@(%l+)@", {
    modules = M.modules, folder = folder, root = tree.lines("pwd -P")[1],
    user = tree.lines("id -u")[1] == "0" and "user root;\n" or "",
    workers = tostring(given.workers), http = (given.http:gsub("@folder@", folder)),
    jobs = given.jobs or "nginx_jobs", job = given.job,
  })))
  file:close()
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

--- Runs a function of a module of spec.support, by default nginx_jobs, in every
--- worker of an nginx. Raises where a worker fails, or complains.
---@param given {workers: integer, http: string, jobs: string|nil, job: string, seconds: number}
---  in http, "@folder@" stands for a folder of the nginx's own
---@return string[] results what each worker's job returned, a text
function M.run(given)
  local folder = tree.lines("mktemp -d")[1]
  write_config(folder, given)
  local pipe = assert(io.popen(PATH .. "exec nginx -p " .. folder .. " -c " .. folder
    .. "/nginx.conf -e " .. folder .. "/error.log 2>&1"))
  local results, fault = results_of(folder, given)
  shell.run("kill -TERM $(cat " .. folder .. "/nginx.pid)")
  local said = pipe:read("*a")
  pipe:close()
  said = said .. (read(folder .. "/error.log") or "")
  shell.run("rm -rf " .. folder)
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

return M
