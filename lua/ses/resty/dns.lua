--- Questions to name servers in nginx, with lua-resty-dns: OpenResty has it as
--- resty.dns.resolver, Debian's package lua-nginx-dns as nginx.dns.resolver.
local answers_of = require "ses.resty.dns_answer"
local clock = require "ses.resty.clock"
local core = require "ses.core"
local name_server = require "ses.name_server"
local options = require "ses.options"
local phases = require "ses.resty.phase"
local protect = require "ses.protect"

local M = {}

local TIMEOUT, TRIES = 5, 3

local LIBRARIES = { "resty.dns.resolver", "nginx.dns.resolver" }

local found

local function library()
  for i = 1, found and 0 or #LIBRARIES do
    local good, module = pcall(require, LIBRARIES[i])
    if good then
      found = module
      break
    end
  end
  return found
end

local function servers_fault(list)
  if type(list) ~= "table" then
    return "expected a list, got " .. type(list)
  elseif #list == 0 then
    return "expected one at least"
  end
  for i = 1, #list do
    if not name_server.read(list[i]) then
      return ("the one at %d: expected an IP address, with a port or without, such as"
        .. " 127.0.0.1:5353 or [::1]:5353"):format(i)
    end
  end
end

local SCHEMA = { servers = servers_fault, timeout = options.seconds, tries = options.whole_number }

-- Those of the system: nginx has no list of its own that Lua could read.
local function system_servers()
  local list = {}
  local file = io.open("/etc/resolv.conf")
  for line in file and file:lines() or function() end do
    local text = line:match("^nameserver%s+([^%s%%]+)")
    if text and name_server.read(text) then
      list[#list + 1] = text
    end
  end
  if file then
    file:close()
  end
  return #list > 0 and list or { "127.0.0.1" }
end

-- Whether the next server may know better.
local NEXT = { SERVFAIL = true, NOTIMP = true, REFUSED = true }

---@class ses.resty.Resolver
local Resolver = {}
Resolver.__index = Resolver
Resolver.__name = "ses.resty.dns"

local function ask(client, name, kind)
  -- The library takes its numbers from math.random, which begins alike in every
  -- worker, and nobody may guess them.
  local high, low = core.random(2):byte(1, 2)
  client._id = high * 256 + low
  -- A message that is cut short has it raise.
  local good, answers, err = protect(answers_of.ask, client, name, kind)
  if good then
    return answers, err
  end
  return answers_of.failure "BADRESPONSE"
end

local function close(client)
  for _, socket in ipairs(client.socks or {}) do
    socket:close()
  end
  if client.tcp_sock then
    client.tcp_sock:close()
  end
end

--- Asks, and waits for the answer. See ses.dns, whose results it has.
---@param name string
---@param kind "A"|"CNAME"|"MX"|"TXT"
---@return table[]|nil answers
---@return {code: string, message: string, answers: table[]|nil}|nil err
function Resolver:query(name, kind)
  if not answers_of.is_kind(kind) then
    error("query: there are A, CNAME, MX and TXT, and no '" .. tostring(kind) .. "'", 2)
  end
  local obstacle = phases.obstacle()
  if obstacle then
    return nil, { code = obstacle.code, message = obstacle.message }
  elseif not answers_of.is_name(name) then
    return answers_of.failure "BADNAME"
  end
  local servers = self.servers
  -- The library counts over all servers, and goes from one to the next.
  local times = self.tries * #servers
  local client, problem = library():new {
    nameservers = servers, retrans = times, timeout = clock.milliseconds(self.timeout / times),
  }
  if not client then
    return nil, { code = "NETWORK", message = tostring(problem) }
  end
  local ends = clock.now() + self.timeout
  local answers, err
  for _ = 1, #servers do
    answers, err = ask(client, name, kind)
    if answers or not NEXT[err.code] or clock.now() >= ends then
      break
    end
  end
  close(client)
  return answers, err
end

--- A resolver.
---@param given {servers: string[]|nil, timeout: number|nil, tries: integer|nil}|nil servers: IP
---  addresses, with a port or without; nil: those of /etc/resolv.conf. timeout: seconds for a
---  question by UDP, 5 by default. tries: how often one is put, 3 by default
---@return ses.resty.Resolver|nil nil: nginx has no lua-resty-dns
---@return string|nil problem
function M.new(given)
  given = given or {}
  local fault = options.fault(given, SCHEMA)
  if fault then
    error("dns.new: " .. fault, 2)
  elseif not library() then
    return nil, "nginx has no lua-resty-dns: Debian's package lua-nginx-dns is one"
  end
  local servers = {}
  for i, text in ipairs(given.servers or system_servers()) do
    servers[i] = name_server.read(text)
  end
  return setmetatable({
    servers = servers, timeout = given.timeout or TIMEOUT, tries = given.tries or TRIES,
  }, Resolver)
end

return M
