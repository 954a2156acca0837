--- What lua-resty-dns answers, as ses.dns has it.
local M = {}

-- As many as csrc/dnsmsg.h takes.
local MOST_ANSWERS = 256

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

--- The results of a question that came to nothing.
---@param code string
---@param answers table[]|nil
---@return nil
---@return {code: string, message: string, answers: table[]|nil}
function M.failure(code, answers)
  return nil, { code = code, message = MESSAGES[code], answers = answers }
end

--- Whether a name can be asked for.
---@param name string
---@return boolean
function M.is_name(name)
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

--- Whether there are such questions.
---@param kind any
---@return boolean
function M.is_kind(kind)
  return READ[kind] ~= nil
end

local function read_all(module, answers, kind)
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
    return M.failure "BADRESPONSE"
  elseif answers.errcode then
    return M.failure(CODES[answers.errcode] or "SERVFAIL", list)
  elseif not has_kind then
    return M.failure("NODATA", list)
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

--- Asks with an object of the library.
---@param client table
---@param name string
---@param kind "A"|"CNAME"|"MX"|"TXT"
---@return table[]|nil answers
---@return {code: string, message: string, answers: table[]|nil}|nil err
function M.ask(client, name, kind)
  -- The constants are the module's, which such objects inherit from.
  local answers, reason = client:query(name, { qtype = client["TYPE_" .. kind] })
  if answers then
    return read_all(client, answers, kind)
  end
  return M.failure(reason_code(tostring(reason)))
end

--- Whether something is an object of the library: resty.dns.resolver:new, or in
--- Debian nginx.dns.resolver:new. Its method query has another signature than
--- resolvers have here.
---@param value any
---@return boolean
function M.is_client(value)
  return type(value) == "table" and type(value.tcp_query) == "function"
    and type(value.query) == "function" and type(value.TYPE_MX) == "number"
end

--- A resolver that asks with an object of the library, for as long as that is
--- good: in the request that it was made in.
---@param client table
---@return fun(name: string, kind: string): table[]|nil, table|nil
function M.resolver(client)
  return function(name, kind)
    if not M.is_name(name) then
      return M.failure "BADNAME"
    end
    return M.ask(client, name, kind)
  end
end

return M
