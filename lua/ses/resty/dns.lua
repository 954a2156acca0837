--- Questions to name servers in nginx, with lua-resty-dns: OpenResty has it as
--- resty.dns.resolver, Debian's package lua-nginx-dns as nginx.dns.resolver.
local clock = require "ses.resty.clock"
local core = require "ses.core"
local name_server = require "ses.name_server"
local options = require "ses.options"
local phases = require "ses.resty.phase"
local protect = require "ses.protect"

local M = {}

local TIMEOUT, TRIES = 5, 3

-- As many as csrc/dnsmsg.h takes.
local MOST_ANSWERS = 256

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

local CODES = { "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED" }

local MESSAGES = {
  FORMERR = "the name server does not understand the question",
  SERVFAIL = "the name server failed: those of the domain cannot be reached, or disagree with"
    .. " DNSSEC",
  NXDOMAIN = "the name does not exist",
  NOTIMP = "the name server cannot answer such a question",
  REFUSED = "the name server refuses to answer for this name",
  NODATA = "the name has no record of this type",
  TIMEOUT = "no name server answered in time",
  NETWORK = "no name server can be reached",
  BADRESPONSE = "what the name server sent is no proper DNS message",
  BADNAME = "this name cannot be asked for",
}

local function failure(code, answers)
  return nil, { code = code, message = MESSAGES[code], answers = answers }
end

local function is_name(name)
  if #name > 254 or name:find("[^!-~]") or name:find("\\", 1, true) then
    return false
  end
  for label in (name:gsub("%.$", "") .. "."):gmatch("([^.]*)%.") do
    if label == "" or #label > 63 then
      return false
    end
  end
  return true
end

local READ = {
  A = function(to, from) to.address = from.address end,
  CNAME = function(to, from) to.target = from.cname end,
  MX = function(to, from) to.preference, to.exchange = from.preference, from.exchange end,
  TXT = function(to, from)
    to.strings = type(from.txt) == "table" and from.txt or { from.txt }
    to.text = table.concat(to.strings)
  end,
}

-- What ses.dns makes of a message.
local function converted(module, answers, kind)
  local list, has_kind = {}, false
  for i = 1, math.min(#answers, MOST_ANSWERS + 1) do
    for name, read in pairs(READ) do
      if answers[i].type == module["TYPE_" .. name] and answers[i].class == module.CLASS_IN then
        local record = { name = answers[i].name, type = name, ttl = answers[i].ttl }
        read(record, answers[i])
        list[#list + 1] = record
        has_kind = has_kind or name == kind
      end
    end
  end
  if #answers > MOST_ANSWERS then
    return failure("BADRESPONSE")
  elseif answers.errcode then
    return failure(CODES[answers.errcode] or "SERVFAIL", list)
  elseif not has_kind then
    return failure("NODATA", list)
  end
  return list
end

-- What the library says in words.
local function reason_code(reason)
  if reason:find("timeout", 1, true) then
    return "TIMEOUT"
  elseif reason:find("failed to send", 1, true) or reason:find("failed to connect", 1, true)
    or reason:find("refused", 1, true) then
    return "NETWORK"
  end
  return "BADRESPONSE"
end

-- Whether the next server may know better.
local NEXT = { SERVFAIL = true, NOTIMP = true, REFUSED = true }

---@class ses.resty.Resolver
local Resolver = {}
Resolver.__index = Resolver
Resolver.__name = "ses.resty.dns"

local function ask(module, client, name, kind)
  -- The library takes its numbers from math.random, which begins alike in every
  -- worker, and nobody may guess them.
  local high, low = core.random(2):byte(1, 2)
  client._id = high * 256 + low
  -- A message that is cut short has it raise.
  local good, answers, reason = protect(client.query, client, name,
    { qtype = module["TYPE_" .. kind] })
  if good and answers then
    return converted(module, answers, kind)
  end
  return failure(good and reason_code(tostring(reason)) or "BADRESPONSE")
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
  if not READ[kind] then
    error("query: there are A, CNAME, MX and TXT, and no '" .. tostring(kind) .. "'", 2)
  end
  local obstacle = phases.obstacle()
  if obstacle then
    return nil, { code = obstacle.code, message = obstacle.message }
  elseif not is_name(name) then
    return failure("BADNAME")
  end
  local module, servers = library(), self.servers
  local client, problem = module:new {
    nameservers = servers, retrans = self.tries,
    timeout = clock.milliseconds(self.timeout / self.tries),
  }
  if not client then
    return nil, { code = "NETWORK", message = tostring(problem) }
  end
  local ends = clock.now() + self.timeout
  local answers, err
  for _ = 1, #servers do
    answers, err = ask(module, client, name, kind)
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
