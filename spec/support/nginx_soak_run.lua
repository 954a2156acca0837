-- A soak of nginx: see spec/nginx/soak_spec.lua.

local cjson = require "cjson"
local curl = require "ses.transport.curl"
local emulator_client = require "ses.cli.emulator_client"
local hosts = require "spec.support.emulator_host"
local http_server = require "spec.support.http_server"
local journals = require "spec.support.soak_journals"
local nginx = require "spec.support.nginx"
local protect = require "ses.protect"
local random = require "spec.support.random"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"

local M = {}

local WORKERS = 2
local PERMILLE = 60       -- of requests that meet a fault
local UNREST = 0.6        -- of the calls, while workers are reloaded and killed
local RELOAD, KILL = 1.5, 2 -- seconds
local LEAST = 3           -- times that each of these happens
local CLIENTS = 4         -- that make requests, each of so many calls
local CALLS_PER_REQUEST = 8
local LIFETIME = 10       -- seconds of credentials
local LIMIT = 400         -- seconds of all

local HTTP = [[
resolver 127.0.0.1:@names@ ipv6=off;
lua_socket_log_errors off;
lua_max_pending_timers 4096;
lua_check_client_abort on;
lua_shared_dict ses 1m;
init_worker_by_lua_block {
  require("spec.support.nginx_soak").start {
    folder = "@folder@", url = "http://127.0.0.1:@port@", sts = "@sts@",
    named = "http://mail.here.test:@port@",
  }
}
]]

local LOCATIONS = [[
location /calls { content_by_lua_block { require("spec.support.nginx_soak").serve() } }
]]

-- The workers, those among them that are about to end.
local function children(self)
  local list = {}
  for pid in tree.read(("/proc/%d/task/%d/children"):format(self.master, self.master))
    :gmatch("%d+") do
    list[#list + 1] = tonumber(pid)
  end
  return list
end

-- Reloads nginx, and kills a worker, where that is due.
local function disturb(self, due, now)
  if now >= due.reload then
    due.reload, self.reloads = now + RELOAD, self.reloads + 1
    self.host:signal("HUP")
  elseif now >= due.kill then
    due.kill, self.kills = now + KILL, self.kills + 1
    local pid = self.numbers:pick(children(self))
    self.killed[pid] = true
    shell.run("kill -KILL " .. pid)
  end
end

-- However fast they are, the first part of the calls has seen some of that, and the
-- other part is as long as it must be.
local function conduct(self)
  local transport, journal = self.transport, self.journal
  local due = { reload = self.started + RELOAD, kill = self.started + KILL }
  local function pause()
    transport:sleep(0.1)
    self.took = transport:now() - self.started
    if self.took > LIMIT then
      error(("%d of %d calls were begun in time"):format(journal.begun, self.calls), 0)
    end
  end
  while journal:read() < self.calls * UNREST or self.reloads < LEAST or self.kills < LEAST do
    pause()
    disturb(self, due, transport:now())
  end
  local last = journal.begun + self.calls * (1 - UNREST)
  while journal:read() < last do
    pause()
  end
end

-- Makes requests, and gives up on some of them.
local function ask(self)
  local transport = self.transport
  local url = self.host.url .. "/calls?n=" .. CALLS_PER_REQUEST
  while not self.is_over do
    local patience = self.numbers:int(1, 4) == 1 and self.numbers:int(1, 40) / 1000 or 30
    transport:send({ method = "GET", url = url, headers = {} }, transport:now() + patience)
  end
end

-- Whether no worker is there but those that have told that they have nothing to do.
local function has_ended(self)
  self.journal:read()
  local list = children(self)
  for _, pid in ipairs(list) do
    local worker = self.journal.workers[pid]
    if not (worker and worker.timers) then
      return false
    end
  end
  return #list == WORKERS
end

-- Connections to the server that somebody still has, by their states in Linux's
-- numbers.
local function connections(self)
  local found = {}
  for line in io.lines("/proc/net/tcp") do
    local port, state = line:match("^%s*%d+: %x+:%x+ %x+:(%x+) (%x%x) ")
    -- 06: TIME_WAIT, which is nobody's any more.
    if port and tonumber(port, 16) == self.port and state ~= "06" then
      found[#found + 1] = state
    end
  end
  return found
end

local function start(self)
  self.folder = tree.lines("mktemp -d")[1]
  self.server = assert(io.popen(("exec %s %s/server %d"):format(tree.built "soak_server",
    self.folder, PERMILLE)))
  local port, pid = self.server:read("*l"):match("^(%d+) (%d+)$")
  self.port, self.server_pid = tonumber(port), pid
  self.names = http_server.start()
  self.emulator = hosts.start("--no-throttle")
  assert(emulator_client.call(self.emulator.port, "POST", "credentials", { lifetime = LIFETIME }))
  self.started = self.transport:now()
  self.host = nginx.serve(LOCATIONS, {
    workers = WORKERS, level = "crit",
    http = (HTTP:gsub("@(%l+)@", { names = self.names.names, folder = self.folder, port = port,
                                   sts = self.emulator.url })),
  })
  self.master = tonumber(tree.read(self.host.folder .. "/nginx.pid"):match("%d+"))
  self.journal = journals.new(self.folder)
end

-- Looks at what is left.
local function finish(self)
  local ok, problem = pcall(hosts.wait_for, function() return has_ended(self) end,
    "the workers to end their calls")
  self.problem = self.problem or not ok and problem or nil
  self.kept = #connections(self)
  shell.run("kill -USR1 " .. self.server_pid)
  pcall(hosts.wait_for, function()
    self.connections = connections(self)
    return #self.connections == 0
  end, "the end of the connections")
  shell.run("kill " .. self.server_pid)
  self.server:close()
  self.accepted, self.met = journals.server(self.folder .. "/server")
  self.lived = self.transport:now() - self.started
  self.credentials = cjson.decode(assert(emulator_client.call(self.emulator.port, "GET",
    "credentials"))).calls.sts.AssumeRole
  self.transport:close()
  self.names:stop()
  self.emulator:stop()
  ok, problem = pcall(self.host.stop, self.host, "exited on signal 9")
  self.complaints = not ok and problem or ""
  shell.run("rm -rf " .. self.folder)
end

--- Makes so many calls; what came of them.
---@param calls integer
---@return table
function M.run(calls)
  local self = { calls = calls, reloads = 0, kills = 0, killed = {}, numbers = random.new(4711),
                 transport = curl.new() }
  start(self)
  self.transport:all(1 + CLIENTS, 1 + CLIENTS, function(i)
    if i > 1 then
      return ask(self)
    end
    local ok, problem = protect(conduct, self)
    self.problem = not ok and problem or nil
    self.is_over = true
    assert(io.open(self.folder .. "/stop", "w")):close()
  end)
  finish(self)
  return self
end

return M
