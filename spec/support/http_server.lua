-- The server of server.py, and what it wrote down.

local cjson = require "cjson"
local core = require "ses.core"
local M = {}

-- The listeners with TLS.
local TLS = { tls = true, misnamed = true, expired = true, deep = true }

local Server = {}
Server.__index = Server

-- A fresh key for every request that is looked up afterwards, by whatever process
-- asks the server.
local prefix = ("k%02x%02x%02x%02xn"):format(core.random(4):byte(1, 4))
local last = 0

--- A URL of the server whose requests nobody else makes.
---@param behaviour string with its query: "large?size=3"
---@param port? string the listener; plain if absent
---@param key? string the key of an earlier URL
---@return string url
---@return string key
function Server:url(behaviour, port, key)
  if not key then
    last = last + 1
    key = prefix .. last
  end
  port = port or "plain"
  local name, query = behaviour:match("^([%w-]+)(.*)$")
  local tls = TLS[port] or false
  return ("%s://%s:%d/%s/%s%s"):format(tls and "https" or "http",
    tls and "localhost" or "127.0.0.1", self[port], name, key, query), key
end

--- The requests that came under a key.
---@param key string
---@return table[] records
function Server:journal(key)
  local response = assert(self.control:send({
    method = "GET", url = (self:url("journal", nil, key)), headers = {},
  }, self.control:now() + 60))
  return cjson.decode(response.body)
end

--- Waits until the last request under a key has the member.
---@param key string
---@param member string
function Server:await(key, member)
  for _ = 1, 2000 do
    local records = self:journal(key)
    if #records > 0 and records[#records][member] then
      return records
    end
    self.control:sleep(0.005)
  end
  error("the server does not come to: " .. member)
end

--- Lets a behaviour that waits go on.
---@param key string
function Server:go(key)
  assert(self.control:send({
    method = "GET", url = (self:url("go", nil, key)), headers = {},
  }, self.control:now() + 60))
end

--- Ends the process.
function Server:stop()
  self.control:close()
  os.execute("kill " .. self.pid)
  self.process:close()
end

--- The server that a description is of: what its first line said.
---@param description table
---@param control ses.Transport what asks it
---@return table server
function M.attach(description, control)
  description.control = control
  for name, value in pairs(description) do
    if type(value) == "number" then
      description[name] = math.floor(value)
    end
  end
  return setmetatable(description, Server)
end

--- Starts a server.
---@return table server with the ports plain, proxy, tls, misnamed, expired, deep, full and
---  refused, and the files ca and other_ca; its description is JSON
function M.start()
  local process = assert(io.popen("exec python3 spec/support/server.py", "r"))
  local line = assert(process:read("*l"), "python3 does not start the server")
  local server = M.attach(cjson.decode(line), require("ses.transport.curl").new())
  server.process, server.description = process, line
  return server
end

return M
