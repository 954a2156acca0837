-- A name server of a spec's own: nsd, on a free port of the loopback interface.

local core = require "ses.core"
local shell = require "spec.support.shell"

local M = {}

local PATH = "PATH=\"$PATH:/usr/sbin:/sbin\" "

-- It ends with the process that started it, whatever ended that.
local RUN = PATH .. [[
me=$$; ( (while kill -0 $PPID && kill -0 $me; do sleep 0.5; done; kill $me) \
  >/dev/null 2>&1 & )
exec nsd -d -c %s/nsd.conf 2>&1]]

local CONFIG = [[
server:
  ip-address: 127.0.0.1@@port@
  port: @port@
  server-count: 1
  username: ""
  database: ""
  pidfile: "@folder@/nsd.pid"
  xfrdfile: "@folder@/xfrd.state"
  xfrdir: "@folder@"
  zonelistfile: "@folder@/zone.list"
  zonesdir: "@folder@"
  logfile: "@folder@/nsd.log"
remote-control:
  control-enable: no
]]

local ZONE = [[
zone:
  name: "@zone@"
  zonefile: "@zone@.zone"
]]

-- What every zone has.
local HEAD = [[
$ORIGIN %s.
$TTL 60
@ SOA ns.example.net. hostmaster.example.net. 1 3600 600 86400 60
@ NS ns.example.net.
]]

---@class spec.NameServer
---@field address string "127.0.0.1:20053"
local Server = {}
Server.__index = Server

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function fill(template, values)
  return (template:gsub("@(%l+)@", values))
end

-- Whether it answers, with whatever: a question for the root, over TCP.
local ASK = [[python3 -c '
import socket
s = socket.create_connection(("127.0.0.1", %d), 5)
s.settimeout(5)
s.sendall(bytes.fromhex("0011000000000001000000000000" "0000020001"))
raise SystemExit(0 if s.recv(1) else 1)']]

local function launch(self)
  local folder = self.folder
  shell.run(("cd %s && rm -f nsd.pid *.zone"):format(folder))
  local config = { fill(CONFIG, { port = tostring(self.port), folder = folder }) }
  for zone, text in pairs(self.zones) do
    config[#config + 1] = fill(ZONE, { zone = zone })
    if text then
      write(("%s/%s.zone"):format(folder, zone), HEAD:format(zone) .. text)
    end
  end
  write(folder .. "/nsd.conf", table.concat(config))
  self.pipe = assert(io.popen(RUN:format(folder)))
  for _ = 1, 100 do
    if select(2, shell.run(ASK:format(self.port))) == 0 then
      return true
    end
    os.execute("sleep 0.02")
  end
  return false
end

local function halt(self)
  shell.run(("kill -TERM $(cat %s/nsd.pid)"):format(self.folder))
  self.pipe:read("*a")
  self.pipe:close()
end

--- Serves other zones from now on, at the same address.
---@param zones table<string, string|false> see M.start
function Server:publish(zones)
  halt(self)
  self.zones = zones
  assert(launch(self), "nsd does not start again")
end

--- Ends it.
function Server:stop()
  halt(self)
  shell.run("rm -rf " .. self.folder)
end

--- The lines of 40 TXT records of a name "large", more than a message of UDP takes.
---@return string
function M.large()
  local lines = {}
  for i = 1, 40 do
    lines[i] = ('large TXT "%s"\n'):format(("%02d"):format(i) .. ("x"):rep(200))
  end
  return table.concat(lines)
end

--- Starts a name server.
---@param zones table<string, string|false> by name, each zone's records but SOA and NS; false: the
---  server cannot load the zone, and answers SERVFAIL
---@return spec.NameServer
function M.start(zones)
  for _ = 1, 5 do
    local a, b = core.random(2):byte(1, 2)
    local self = setmetatable({
      port = 20000 + (a * 256 + b) % 10000, zones = zones,
      folder = shell.run("mktemp -d"):match("^[^\n]+"),
    }, Server)
    self.address = "127.0.0.1:" .. self.port
    if launch(self) then
      return self
    end
    self:stop()
  end
  error("nsd does not start", 2)
end

return M
