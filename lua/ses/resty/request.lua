--- HTTP/1.1 requests in their wire form. What would break out of it is refused.
local field = require "ses.resty.field"

local M = {}

local byte, find, lower, match, sub = string.byte, string.find, string.lower, string.match,
  string.sub
local concat = table.concat

local MOST_FIELDS = 64
local MOST_BYTES = 64 * 1024

-- Methods whose requests have a Content-Length even without a body.
local HAS_LENGTH = { POST = true, PUT = true, PATCH = true }

-- What a field is to this module, by its name.
local KINDS = {
  ["content-length"] = "length", host = "host", connection = "connection",
  ["transfer-encoding"] = "forbidden", expect = "forbidden",
}

-- The value never appears: it may be a secret.
local function about(name, fault)
  return ('header "%s" %s'):format(sub(name, 1, 64), fault)
end

local function is_blank(code)
  return code == 32 or code == 9
end

local function trim(value)
  if is_blank(byte(value, 1)) or is_blank(byte(value, -1)) then
    return match(value, "^[ \t]*(.-)[ \t]*$")
  end
  return value
end

local function value_fault(value)
  if not find(value, "%c") then
    return nil
  elseif find(value, "[%z\r\n]") then
    return "has a value with a CR, LF or NUL byte"
  elseif find(value, "[\1-\8\11-\31\127]") then
    return "has a value with a control character"
  end
  return nil
end

local function method_fault(method, body)
  if not field.is_token(method) then
    return "the method is empty or has a character that is not allowed there"
  elseif method == "HEAD" and body ~= "" then
    return "a HEAD request has no body"
  end
  return nil
end

local function raise_type(what, expected, got)
  error(("%s: %s expected, got %s"):format(what, expected, type(got)), 0)
end

-- Adds a field to the parts after number n.
---@return integer|nil n
---@return string|nil fault
local function add_field(parts, n, name, value, length)
  if type(name) ~= "string" or type(value) ~= "string" then
    error("headers: expected names and values that are strings, got a "
      .. (type(name) == "string" and type(value) or type(name)), 0)
  end
  local lowered = field.name(name)
  local kind = KINDS[lowered]
  if not lowered then
    return nil, "a header name is empty or has a character that is not allowed there"
  elseif kind == "forbidden" then
    return nil, about(name, "cannot be sent: requests carry a Content-Length and no expectation")
  end
  local fault = value_fault(value)
  if fault then
    return nil, about(name, fault)
  end
  value = trim(value)
  if kind == "length" then
    if value ~= tostring(length) then
      return nil, "the header Content-Length is not the length of the body"
    end
    return n
  elseif kind then
    parts[kind] = value
  end
  parts[n + 1], parts[n + 2], parts[n + 3], parts[n + 4] = name, ": ", value, "\r\n"
  return n + 4
end

local function add_fields(parts, n, headers, length)
  local first = n
  for name, value in next, headers do
    local last, fault = add_field(parts, n, name, value, length)
    if not last then
      return nil, fault
    elseif last - first > 4 * MOST_FIELDS then
      return nil, about(name, "is one too many: a request has at most 64")
    end
    n = last
  end
  return n
end

--- A request up to its body.
---@param method string
---@param target string what the request line names
---@param headers table<string, string>
---@param body string "" for none
---@param route ses.Route
---@return string|nil head
---@return string|boolean fault_or_keep why it cannot be sent; or whether the connection may be kept
function M.head(method, target, headers, body, route)
  local fault = method_fault(method, body)
  if fault then
    return nil, fault
  end
  local parts = { method, " ", target, " HTTP/1.1\r\n" }
  local n
  n, fault = add_fields(parts, 4, headers, #body)
  if not n then
    return nil, fault
  end
  if not parts.host then
    n = n + 1
    parts[n] = route.host_line
  end
  if route.proxy_line then
    n = n + 1
    parts[n] = route.proxy_line
  end
  if body ~= "" or HAS_LENGTH[method] then
    n = n + 1
    parts[n] = "Content-Length: " .. #body .. "\r\n"
  end
  parts[n + 1] = "\r\n"
  local head = concat(parts, "", 1, n + 1)
  if #head > MOST_BYTES then
    return nil, "the headers are longer than 64 KiB"
  end
  return head, not (parts.connection and find(lower(parts.connection), "close", 1, true))
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
