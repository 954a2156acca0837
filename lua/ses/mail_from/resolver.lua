--- What name servers are asked with: c-ares in scripts, nginx's own sockets in
--- nginx, or whatever a user hands in.
local errors = require "ses.error"
local names = require "ses.mail_from.names"
local options = require "ses.options"
local protect = require "ses.protect"
local resty = require "ses.resty.dns_answer"

local M = {}

---@class ses.mail_from.Answer
---@field type "A"|"CNAME"|"MX"|"TXT"
---@field name string|nil
---@field ttl integer|nil seconds
---@field address string|nil of an A record
---@field target string|nil of a CNAME record
---@field preference integer|nil of an MX record
---@field exchange string|nil of an MX record
---@field text string|nil of a TXT record: its strings, with nothing between them
---@field strings string[]|nil of a TXT record

---@class ses.mail_from.DnsError
---@field code string "NXDOMAIN", "NODATA", "SERVFAIL", "REFUSED", "FORMERR", "NOTIMP", "TIMEOUT",
---  "NETWORK", "BADRESPONSE", "BADNAME", "WrongPhase", "CallbackError"
---@field message string
---@field answers ses.mail_from.Answer[] those of other types: the CNAMEs that led there

---@alias ses.mail_from.Ask fun(name: string, type: "A"|"CNAME"|"MX"|"TXT"):
---  ses.mail_from.Answer[]|nil, ses.mail_from.DnsError|nil

local function string_or(value, default)
  return type(value) == "string" and value or default
end

local READ = {
  A = function(to, from) to.address = string_or(from.address, "") end,
  CNAME = function(to, from) to.target = names.normal(string_or(from.target, "")) end,
  MX = function(to, from)
    local preference = tonumber(from.preference) or 0
    to.preference = preference >= 0 and preference < 65536 and math.floor(preference) or 0
    to.exchange = names.normal(string_or(from.exchange, ""))
  end,
  TXT = function(to, from)
    local strings = {}
    for i, text in ipairs(type(from.strings) == "table" and from.strings or {}) do
      strings[i] = string_or(text, "")
    end
    to.text = string_or(from.text, table.concat(strings))
  end,
}

-- The answers as they are compared, and whether one is of a type.
local function read(answers, kind)
  local list, has_kind = {}, false
  for _, answer in ipairs(type(answers) == "table" and answers or {}) do
    if type(answer) == "table" and READ[answer.type] then
      local record = { type = answer.type, ttl = tonumber(answer.ttl) }
      record.name = answer.name and names.normal(string_or(answer.name, ""))
      READ[answer.type](record, answer)
      list[#list + 1] = record
      has_kind = has_kind or answer.type == kind
    end
  end
  return list, has_kind
end

local function failure(err)
  local is_table = type(err) == "table"
  return {
    code = is_table and string_or(err.code, nil) or "NETWORK",
    message = is_table and string_or(err.message, nil) or errors.in_words(err),
    answers = (read(is_table and err.answers)),
  }
end

-- A question as ses.mail_from.Ask has it.
local function asker(resolver)
  if resty.is_client(resolver) then
    resolver = resty.resolver(resolver)
  end
  local function call(name, kind)
    if type(resolver) == "function" then
      return resolver(name, kind)
    end
    return resolver:query(name, kind)
  end
  return function(name, kind)
    local good, answers, err = protect(call, name, kind)
    if not good then
      return nil, { code = "CallbackError", answers = {},
                    message = "the resolver raised an error: " .. errors.in_words(answers) }
    elseif not answers then
      return nil, failure(err)
    end
    local list, has_kind = read(answers, kind)
    if not has_kind then
      return nil, { code = "NODATA", message = "the name has no record of this type",
                    answers = list }
    end
    return list
  end
end

local function absent(message)
  return nil, errors.new("config", { code = "NoResolver", message = message .. "; or give a"
    .. " resolver of your own: a function(name, type)" })
end

-- What there is here. Name servers come from files and command lines at times:
-- those that are none are no misuse of this library.
local function default(given)
  local good, dns = pcall(require, package.loaded.ngx and "ses.resty.dns" or "ses.dns")
  if not good then
    return absent("DNS cannot be asked: the module ses.dns was not built, because c-ares was not"
      .. " there (Debian's package libc-ares-dev, then make; with LuaRocks the rock lua-ses-dns)")
  end
  local is_right, resolver, problem = pcall(dns.new, given)
  if not is_right then
    return nil, errors.new("config", { code = "InvalidNameServer", message = tostring(resolver) })
  elseif not resolver then
    return absent(problem)
  end
  return resolver
end

local function resolver_fault(value)
  if type(value) == "function" then
    return nil
  end
  local good, query = pcall(function() return value.query end)
  if not (good and type(query) == "function") then
    return "expected a function(name, type), or an object with a method query, got " .. type(value)
  end
end

-- What ses.dns takes.
local MOST_SECONDS, MOST_TRIES = 3600, 10

local function timeout_fault(value)
  return options.seconds(value)
    or value > MOST_SECONDS and ("expected %d at most"):format(MOST_SECONDS) or nil
end

local function tries_fault(value)
  return options.whole_number(value)
    or value > MOST_TRIES and ("expected %d at most"):format(MOST_TRIES) or nil
end

--- The options that say what to ask with, by ses.options.
M.SCHEMA = {
  resolver = resolver_fault, servers = options.of "table", timeout = timeout_fault,
  tries = tries_fault,
}

--- What to ask with.
---@param given {resolver: any, servers: string[]|nil, timeout: number|nil, tries: integer|nil}
---@return ses.mail_from.Ask|nil
---@return ses.Error|nil err "config" and NoResolver or InvalidNameServer
function M.of(given)
  local resolver, err = given.resolver, nil
  if not resolver then
    resolver, err = default {
      servers = given.servers, timeout = given.timeout, tries = given.tries,
    }
  end
  if not resolver then
    return nil, err
  end
  return asker(resolver)
end

return M
