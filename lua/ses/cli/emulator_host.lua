--- Turns this process into an nginx that hosts the emulator.
---
--- nginx keeps the process's id, so that its signals and its exit code are
--- sesctl's own. A shell that waits for the end of a pipe, which nginx holds
--- open, removes the directory whatever way nginx ends.
local core = require "ses.core"
local client = require "ses.cli.emulator_client"

local M = {}

local NGINX = { "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx",
                "/usr/local/openresty/nginx/sbin/nginx" }
local MODULES = { "ndk_http_module.so", "ngx_http_lua_module.so" }
local INSTALL = "on Debian: apt-get install nginx-light libnginx-mod-http-lua"

local function exists(path)
  local file = io.open(path)
  if file then
    file:close()
  end
  return file ~= nil
end

local function shell_word(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

local function first_line(command)
  local line = output(command):match("^[^\n]+")
  return line
end

local function is_program(path)
  local word = shell_word(path)
  return first_line("test -f " .. word .. " && test -x " .. word .. " && echo yes") ~= nil
end

local function find_nginx(given)
  if given then
    return is_program(given) and given or nil, "--nginx: '" .. given .. "' is not a program"
  end
  local path = first_line("command -v nginx")
  for i = 1, path and 0 or #NGINX do
    path = path or (exists(NGINX[i]) and NGINX[i])
  end
  return path, "nginx is not installed; " .. INSTALL
end

-- The load_module lines of nginx's Lua module; none where it is built in.
local function find_modules(nginx)
  local build = output(shell_word(nginx) .. " -V 2>&1")
  if not build:find("nginx version:", 1, true) then
    return nil, "'" .. nginx .. "' is not nginx: it does not say its version with -V"
  end
  if build:find("ngx_lua", 1, true) or build:find("openresty", 1, true) then
    return ""
  end
  local folder = build:match("%-%-modules%-path=(%S+)") or "/usr/lib/nginx/modules"
  local lines = {}
  for i, name in ipairs(MODULES) do
    local path = folder .. "/" .. name
    if not exists(path) then
      return nil, "nginx has no " .. path .. ", its Lua module; " .. INSTALL
    end
    lines[i] = 'load_module "' .. path .. '";\n'
  end
  return table.concat(lines)
end

-- A path that does not depend on the directory, unless somebody has removed that.
local function absolute(path)
  local here = not path:find("^/") and first_line("pwd -P 2>/dev/null")
  return here and here .. "/" .. path:gsub("^%./", "") or path
end

-- Where this very file was found is where the others are.
local function lua_folder()
  local source = debug.getinfo(1, "S").source
  return (absolute(source:gsub("^@", "")):gsub("/?ses/cli/emulator_host%.lua$", ""))
end

-- Templates that may lead to a build of ses.core for LuaJIT: what the
-- environment says, what this Lua uses, and its counterparts for other ABIs.
local function templates()
  local list = {}
  local function add(template)
    if template ~= "" then
      list[#list + 1] = absolute(template)
    end
  end
  for template in (os.getenv("SES_LUAJIT_CPATH") or ""):gmatch("[^;]+") do
    add(template)
  end
  for template in package.cpath:gmatch("[^;]+") do
    -- What make install puts beside the build for another Lua.
    add((template:gsub("%?", "ses/jit/?")))
    for _, abi in ipairs { "jit", "5.1" } do
      local other, count = template:gsub("/5%.%d/", "/" .. abi .. "/")
      if count > 0 or _VERSION == "Lua 5.1" then
        add(other)
      end
    end
  end
  return list
end

local function find_core()
  local looked = {}
  for _, template in ipairs(templates()) do
    local path = template:gsub("%?", "ses/core")
    if exists(path) then
      return template
    end
    looked[#looked + 1] = "\n  " .. path
  end
  return nil, "nginx runs LuaJIT, and there is no build of ses.core for it: run make LUA=jit in the"
    .. " sources, or luarocks --lua-version=5.1 make, or name it in SES_LUAJIT_CPATH"
    .. " (\"/path/?.so\"). Looked for" .. table.concat(looked)
end

local function random_port()
  local a, b = core.random(2):byte(1, 2)
  return 20000 + (a * 256 + b) % 10000
end

local function find_port(wanted)
  if wanted ~= 0 then
    return client.is_free(wanted) and wanted, "port " .. wanted .. " is in use: choose another with"
      .. " --port, or --port 0 for a free one"
  end
  for _ = 1, 50 do
    local port = random_port()
    if client.is_free(port) then
      return port
    end
  end
  return nil, "no free port was found"
end

-- A text inside a string of nginx's configuration.
local function escape(text)
  return (text:gsub('[\\"]', "\\%0"))
end

local CONFIG = [[
@modules@@user@daemon off;
master_process off;
worker_processes 1;
pid "@folder@/nginx.pid";
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  server_tokens off;
  lua_socket_log_errors off;
  lua_package_path "@path@";
  lua_package_cpath "@cpath@";
  init_by_lua_file "@folder@/init.lua";
  init_worker_by_lua_block { require("ses.emulator.nginx").ready() }

  client_body_temp_path "@folder@/body";
  proxy_temp_path "@folder@/proxy";
  fastcgi_temp_path "@folder@/fastcgi";
  uwsgi_temp_path "@folder@/uwsgi";
  scgi_temp_path "@folder@/scgi";

  # Messages stay in memory, whole.
  client_max_body_size 64m;
  client_body_buffer_size 64m;
  client_body_in_single_buffer on;

  # Signatures cover headers and paths as they were sent.
  large_client_header_buffers 8 64k;
  underscores_in_headers on;
  ignore_invalid_headers off;
  merge_slashes off;

  keepalive_requests 1000000000;
  keepalive_timeout 1h;

  server {
    listen 127.0.0.1:@port@;
    location / { content_by_lua_block { require("ses.emulator.nginx").serve() } }
    location @reset { reset_timedout_connection on; return 444; }
  }
}
]]

local INIT = [[
local ok, message = pcall(function()
  require("ses.emulator.nginx").start(%s)
end)
if not ok then
  io.stderr:write("sesctl emulator: nginx could not load it: ", tostring(message), "\n")
  os.exit(255)
end
]]

local function fill(template, values)
  return (template:gsub("@(%l+)@", values))
end

-- A value as Lua source.
local function source_of(value)
  if type(value) ~= "table" then
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  local parts = {}
  for key, item in pairs(value) do
    parts[#parts + 1] = key .. " = " .. source_of(item)
  end
  table.sort(parts)
  return "{ " .. table.concat(parts, ", ") .. " }"
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  assert(file:close())
end

local function new_folder()
  local parent = absolute(os.getenv("TMPDIR") or "/tmp")
  local template = shell_word(parent .. "/ses-emulator.XXXXXXXX")
  return first_line("mktemp -d " .. template .. " 2>/dev/null"),
    "no directory could be made in " .. parent .. ", which TMPDIR names"
end

-- Reading a line ends when the last process that holds the pipe has ended.
local function start_janitor(folder)
  return assert(io.popen("trap '' INT TERM HUP QUIT; exec >/dev/null 2>&1; read -r _; rm -rf "
    .. shell_word(folder), "w"))
end

local function find_all(wanted_port, given_nginx)
  local nginx, fault = find_nginx(given_nginx)
  if not nginx then
    return nil, fault
  end
  local modules, template, port
  modules, fault = find_modules(nginx)
  if not modules then
    return nil, fault
  end
  template, fault = find_core()
  if not template then
    return nil, fault
  end
  port, fault = find_port(wanted_port)
  if not port then
    return nil, fault
  end
  return { nginx = nginx, modules = modules, core = template, port = port }
end

--- Becomes the emulator. Comes back only where that fails.
---@param wanted_port integer 0: a free one
---@param given_nginx string|nil the nginx to run
---@param options table of ses.emulator.new
---@return string message
function M.become(wanted_port, given_nginx, options)
  local found, message = find_all(wanted_port, given_nginx)
  if not found then
    return message
  end
  -- Until there is somebody who removes the folder, nothing must end this process.
  core.hold_signals(true)
  local folder, fault = new_folder()
  local janitor = folder and start_janitor(folder)
  core.hold_signals(false)
  if not folder then
    return fault
  end
  local lua = lua_folder()
  write(folder .. "/init.lua", INIT:format(source_of {
    port = found.port, marker = folder .. "/started", options = options,
  }))
  write(folder .. "/nginx.conf", fill(CONFIG, {
    modules = found.modules, user = first_line("id -u") == "0" and "user root;\n" or "",
    folder = escape(folder), port = tostring(found.port),
    path = escape(lua .. "/?.lua;" .. lua .. "/?/init.lua;;"), cpath = escape(found.core .. ";;"),
  }))
  -- Paths that are meant for the Lua that runs here would mislead LuaJIT.
  client.close()
  local _, failure = core.exec { "/usr/bin/env", "-u", "LUA_PATH", "-u", "LUA_CPATH", found.nginx,
                                 "-p", folder .. "/", "-c", folder .. "/nginx.conf",
                                 "-e", "stderr" }
  janitor:close()
  return failure
end

return M
