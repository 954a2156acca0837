--- HTTP/1.1 requests in their wire form. What would break out of it is refused.
---
--- That form is a list of texts, which nginx's sockets take as it is. One text
--- of them all would be slow: LuaJIT makes the hash of a long string of a few of
--- its bytes, and requests of one client differ in others.
local ffi = require "ffi"
local field = require "ses.resty.field"
local new_table = require "table.new"

local M = {}

-- Under a name of our own, see ses.resty.clock.
ffi.cdef [[
size_t ses_strcspn(const char *text, const char *bytes) __asm__("strcspn");
]]

local byte, find, lower, match, sub = string.byte, string.find, string.lower, string.match,
  string.sub
local C = ffi.C

local TYPICAL_PARTS = 32
local MOST_FIELDS = 64
local MOST_BYTES = 64 * 1024

-- Methods whose requests have a Content-Length even without a body.
local HAS_LENGTH = { POST = true, PUT = true, PATCH = true }

-- Names of fields that are more than that to this module, in lower case.
local FORBIDDEN = { ["transfer-encoding"] = true, expect = true }

-- What goes before the value of a field, by its name as it was given.
local MOST_PREFIXES = 512
local prefixes, prefix_count = {}, 0

local function prefix_of(name)
  local prefix = prefixes[name]
  if not prefix then
    prefix = "\r\n" .. name .. ": "
    if prefix_count >= MOST_PREFIXES then
      prefixes, prefix_count = {}, 0
    end
    prefixes[name] = prefix
    prefix_count = prefix_count + 1
  end
  return prefix
end

-- The value never appears: it may be a secret.
local function about(name, fault)
  return ('header "%s" %s'):format(sub(name, 1, 64), fault)
end

local SPACE, TAB = 32, 9

local function trim(value)
  local first, last = byte(value, 1), byte(value, -1)
  if first == SPACE or last == SPACE or first == TAB or last == TAB then
    return match(value, "^[ \t]*(.-)[ \t]*$")
  end
  return value
end

-- All control characters but NUL, which ends a text in C, and the tab.
local CONTROL = "\127"
for code = 1, 31 do
  CONTROL = CONTROL .. (code ~= TAB and string.char(code) or "")
end

local function value_fault(value)
  if C.ses_strcspn(value, CONTROL) == #value then
    return nil
  elseif find(value, "[%z\r\n]") then
    return "has a value with a CR, LF or NUL byte"
  end
  return "has a value with a control character"
end

local function method_fault(method, body)
  if not field.name(method) then
    return "the method is empty or has a character that is not allowed there"
  elseif method == "HEAD" and body ~= "" then
    return "a HEAD request has no body"
  end
  return nil
end

local function raise_type(what, expected, got)
  error(("%s: %s expected, got %s"):format(what, expected, type(got)), 0)
end

-- Why a field cannot be sent; nil: it can.
local function field_fault(name, lowered, value, length)
  if not lowered then
    return "a header name is empty or has a character that is not allowed there"
  elseif FORBIDDEN[lowered] then
    return about(name, "cannot be sent: requests carry a Content-Length and no expectation")
  elseif lowered == "content-length" and trim(value) ~= tostring(length) then
    return "the header Content-Length is not the length of the body"
  end
  local fault = value_fault(value)
  return fault and about(name, fault) or nil
end

-- Adds the fields to a list after number n.
---@return integer|nil n
---@return string|integer fault_or_bytes
---@return string|nil host
---@return string|nil connection
local function add_fields(parts, n, headers, length)
  local first, bytes = n, 0
  local host, connection
  for name, value in next, headers do
    if type(name) ~= "string" or type(value) ~= "string" then
      error("headers: expected names and values that are strings, got a "
        .. (type(name) == "string" and type(value) or type(name)), 0)
    end
    local lowered = field.name(name)
    local fault = field_fault(name, lowered, value, length)
    if fault then
      return nil, fault
    end
    if lowered ~= "content-length" then
      host = lowered == "host" and value or host
      connection = lowered == "connection" and value or connection
      parts[n + 1], parts[n + 2] = prefix_of(name), trim(value)
      n = n + 2
      bytes = bytes + #name + #value + 4
      if n - first > 2 * MOST_FIELDS then
        return nil, about(name, "is one too many: a request has at most 64")
      end
    end
  end
  return n, bytes, host, connection
end

--- A request as a list of texts, the last of which is its body.
---@param method string
---@param target string what the request line names
---@param headers table<string, string>
---@param body string "" for none
---@param route ses.Route
---@return string[]|nil parts
---@return string|boolean fault_or_keep why it cannot be sent; or whether the connection may be kept
function M.format(method, target, headers, body, route)
  local parts = new_table(TYPICAL_PARTS, 0)
  local fault = method_fault(method, body)
  if fault then
    return nil, fault
  end
  parts[1], parts[2], parts[3], parts[4] = method, " ", target, " HTTP/1.1"
  local n, bytes, host, connection = add_fields(parts, 4, headers, #body)
  if not n then
    return nil, bytes
  elseif bytes + #target > MOST_BYTES then
    return nil, "the headers are longer than 64 KiB"
  end
  if not host then
    n = n + 1
    parts[n] = route.host_line
  end
  if route.proxy_line then
    n = n + 1
    parts[n] = route.proxy_line
  end
  if body ~= "" or HAS_LENGTH[method] then
    parts[n + 1], parts[n + 2] = "\r\nContent-Length: ", tostring(#body)
    n = n + 2
  end
  parts[n + 1], parts[n + 2] = "\r\n\r\n", body
  return parts, not (connection and find(lower(connection), "close", 1, true))
end

--- Raises where a request is not of the types that it must be of.
---@param request ses.TransportRequest
function M.check(request)
  local body = request.body
  if type(request.method) ~= "string" then
    raise_type("request.method", "string", request.method)
  elseif type(request.url) ~= "string" then
    raise_type("request.url", "string", request.url)
  elseif type(request.headers) ~= "table" then
    raise_type("request.headers", "table", request.headers)
  elseif body ~= nil and type(body) ~= "string" then
    raise_type("request.body", "string", body)
  end
end

return M
