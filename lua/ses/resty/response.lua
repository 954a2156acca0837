--- HTTP/1.1 responses, from a peer that is not trusted to send any.
---
--- What could be read in two ways is no response: where one ends and the next
--- begins must be beyond doubt, or a connection would carry one request's answer
--- to another. What reads fails with a kind and a reason: "ended", see
--- ses.resty.reader; "malformed"; "head" or "body", which is too long.
local field = require "ses.resty.field"
local new_table = require "table.new"

local M = {}

local byte, find, lower, match, sub = string.byte, string.find, string.lower, string.match,
  string.sub

M.MOST_HEAD_BYTES = 64 * 1024 -- those of interim responses and trailers among them
M.MOST_FIELDS = 256

local TYPICAL_FIELDS = 8

local NOT_HTTP = "does not begin with a status line of HTTP/1.1"

local MOST_CHUNK_LINE = 4096

local SPACE, TAB = 32, 9

local function is_blank(code)
  return code == SPACE or code == TAB
end

-- What comes after the colon, without the blanks around it: most often one.
local function value_of(text, colon)
  local first = byte(text, colon + 1) == SPACE and colon + 2 or colon + 1
  if is_blank(byte(text, first)) or is_blank(byte(text, -1)) then
    return match(text, "^[ \t]*(.-)[ \t]*$", colon + 1)
  end
  return sub(text, first)
end

-- How often these come decides where the body ends.
local SINGLE = {
  ["content-length"] = "Content-Length", ["transfer-encoding"] = "Transfer-Encoding",
}

---@return boolean|nil
---@return string|nil kind
---@return string|nil reason
local function add_field(fields, text)
  local colon = find(text, ":", 1, true)
  local name = colon and field.name(sub(text, 1, colon - 1))
  if not name then
    local first = byte(text, 1)
    return nil, "malformed", is_blank(first) and "folds a header into two lines"
      or colon and "has a header whose name is malformed" or "has a header without a colon"
  end
  local value, other = value_of(text, colon), fields[name]
  if not other then
    fields[name] = value
  elseif SINGLE[name] then
    return nil, "malformed", "has two headers " .. SINGLE[name]
  else
    fields[name] = other .. ", " .. value
  end
  return true
end

-- A line of a head, where all of those that came are not too long.
local function head_line(reader, used)
  local text, kind, reason = reader:line(M.MOST_HEAD_BYTES - used)
  if not text then
    return nil, kind == "long" and "head" or kind, reason
  end
  return text, used + #text + 2
end

-- The fields up to the empty line.
---@return table|nil fields
---@return integer|string used_or_kind
---@return string|nil reason
local function read_fields(reader, used)
  local fields, count = new_table(0, TYPICAL_FIELDS), 0
  while true do
    local text, kind, reason = head_line(reader, used)
    if not text then
      return nil, kind, reason
    end
    used = kind
    if text == "" then
      return fields, used
    end
    count = count + 1
    if count > M.MOST_FIELDS then
      return nil, "head"
    end
    local ok
    ok, kind, reason = add_field(fields, text)
    if not ok then
      return nil, kind, reason
    end
  end
end

-- The status lines of HTTP/1.1 that came; not for ever all that ever came.
local MOST_STATUSES, MOST_STATUS_BYTES = 64, 64
local statuses, status_count = {}, 0

local function remember_status(text, status)
  if status_count >= MOST_STATUSES then
    statuses, status_count = {}, 0
  end
  statuses[text] = status
  status_count = status_count + 1
end

-- What a status line says; nil: it is none.
---@return integer|nil status
---@return boolean is_old it is of HTTP/1.0
local function read_status(text)
  local known = statuses[text]
  if known then
    return known, false
  end
  local minor, digits, rest = match(text, "^HTTP/1%.([01]) (%d%d%d)( ?)")
  local status = tonumber(digits)
  if not status or status < 100 or #text > 12 and rest == "" then
    return nil, false
  elseif minor == "1" and #text <= MOST_STATUS_BYTES then
    remember_status(text, status)
  end
  return status, minor == "0"
end

-- The head of the final response. Interim ones are none of the caller's.
---@return integer|nil status
---@return table|string fields_or_kind
---@return integer|string|nil used_or_reason bytes of all heads
---@return boolean|nil is_old
local function read_head(reader)
  local used = 0
  while true do
    local text, kind, reason = head_line(reader, used)
    if not text then
      if kind == "ended" and not reader:may_begin("HTTP/1.") then
        return nil, "malformed", NOT_HTTP
      end
      return nil, kind, reason
    end
    local status, is_old = read_status(text)
    if not status then
      return nil, "malformed", NOT_HTTP
    elseif status == 101 then
      return nil, "malformed", "switches to a protocol that nobody asked for"
    end
    local fields
    fields, used, reason = read_fields(reader, kind)
    if not fields then
      return nil, used, reason
    elseif status >= 200 then
      return status, fields, used, is_old
    end
  end
end

-- How the body is delimited: the number of its bytes, "chunked", or "closed".
---@return integer|string|nil
---@return string|nil reason why nobody knows
local function framing(method, status, fields, is_old)
  local length, coding = fields["content-length"], fields["transfer-encoding"]
  if length and coding then
    return nil, "has both a Content-Length and a Transfer-Encoding"
  elseif coding and (lower(coding) ~= "chunked" or is_old) then
    return nil, "has a Transfer-Encoding that is not chunked, or is of HTTP/1.0"
  elseif length and (length == "" or #length > 15 or find(length, "%D")) then
    return nil, "has a Content-Length that is not a number"
  elseif method == "HEAD" or status == 204 or status == 304 then
    return 0
  elseif coding then
    return "chunked"
  end
  return length and tonumber(length) or "closed"
end

---@return boolean|nil
---@return string|nil kind
---@return string|nil reason
local function take_length(reader, length, most, pieces)
  if length > most then
    return nil, "body"
  end
  return reader:take(length, pieces)
end

local function chunk_line(reader)
  local text, kind, reason = reader:line(MOST_CHUNK_LINE)
  if not text and kind == "long" then
    return nil, "malformed", "has a chunk with a line that is too long"
  end
  return text, kind, reason
end

-- The size of the next chunk. What extends it is nobody's.
---@return integer|nil
---@return string|nil kind
---@return string|nil reason
local function chunk_size(reader)
  local text, kind, reason = chunk_line(reader)
  if not text then
    return nil, kind, reason
  end
  local digits, rest = match(text, "^0*(%x*)[ \t]*(.*)$")
  if not find(text, "^%x") or #digits > 12 or not (rest == "" or byte(rest, 1) == 59) then
    return nil, "malformed", "has a chunk whose size is not a number"
  end
  return digits == "" and 0 or tonumber(digits, 16)
end

---@return boolean|nil
---@return string|nil kind
---@return string|nil reason
local function take_chunks(reader, used, most, pieces)
  while true do
    local size, kind, reason = chunk_size(reader)
    if not size then
      return nil, kind, reason
    elseif size == 0 then
      local trailers
      trailers, kind, reason = read_fields(reader, used)
      return trailers and true, kind, reason
    end
    most = most - size
    local ok, ended
    ok, kind, reason = take_length(reader, size, most + size, pieces)
    if ok then
      ended, kind, reason = chunk_line(reader)
    end
    if not ended then
      return nil, kind, reason
    elseif ended ~= "" then
      return nil, "malformed", "has a chunk that is longer than it says"
    end
  end
end

---@return boolean|nil
---@return string|nil kind
---@return string|nil reason
local function take_rest(reader, most, pieces)
  local ok, kind, reason = reader:take_rest(most, pieces)
  return ok, kind == "long" and "body" or kind, reason
end

---@return string|nil
---@return string|nil kind
---@return string|nil reason
local function read_body(reader, framed, used, most)
  local body = framed ~= "chunked" and framed ~= "closed" and framed <= most and reader:rest(framed)
  if body then
    return body
  end
  local pieces = {}
  local ok, kind, reason
  if framed == "chunked" then
    ok, kind, reason = take_chunks(reader, used, most, pieces)
  elseif framed == "closed" then
    ok, kind, reason = take_rest(reader, most, pieces)
  else
    ok, kind, reason = take_length(reader, framed, most, pieces)
  end
  if not ok then
    return nil, kind, reason
  end
  return table.concat(pieces)
end

-- Whether another request may follow on the connection.
local function is_kept(status, fields, framed, is_old)
  local connection = fields.connection
  if is_old or framed == "closed"
    or connection and find(lower(connection), "close", 1, true) then
    return false
  end
  -- One that must have no body and announces one is in doubt.
  return status ~= 204
    or not fields["transfer-encoding"] and (fields["content-length"] or "0") == "0"
end

--- Reads the response to a request.
---@param reader ses.Reader
---@param method string of the request
---@param most integer bytes that its body may have
---@return ses.TransportResponse|nil
---@return string|boolean kind_or_kept whether the connection may serve another request
---@return string|nil reason
function M.read(reader, method, most)
  local status, fields, used, is_old = read_head(reader)
  if not status then
    return nil, fields, used
  end
  local framed, reason = framing(method, status, fields, is_old)
  if not framed then
    return nil, "malformed", reason
  end
  local body, kind
  body, kind, reason = read_body(reader, framed, used, most)
  if not body then
    return nil, kind, reason
  elseif reader:has_more() then
    return nil, "malformed", "has bytes behind its end"
  end
  return { status = status, headers = fields, body = body },
    is_kept(status, fields, framed, is_old)
end

--- Reads a proxy's answer to CONNECT, behind which the tunnel begins.
---@param reader ses.Reader
---@return integer|nil status
---@return string|nil kind
---@return string|nil reason
function M.read_connect(reader)
  local status, kind, reason = read_head(reader)
  if not status then
    return nil, kind, reason
  elseif status < 300 and reader:has_more() then
    return nil, "malformed", "has bytes behind its end"
  end
  return status
end

return M
