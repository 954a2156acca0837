--- Bytes and lines of a connection, as they come.
---
--- What reads fails with a kind and a reason: "ended" where the connection did
--- or the time is over, as nginx says it, or where the peer is "silent"; "long"
--- and "malformed" where a line is.
local clock = require "ses.resty.clock"

local M = {}

local byte, find, sub = string.byte, string.find, string.sub
local concat = table.concat
local now, milliseconds = clock.now, clock.milliseconds

local CR = 13

-- The most that is asked for at a time.
local PIECE = 64 * 1024

---@class ses.Reader
---@field socket table
---@field deadline number|nil on ses.resty.clock
---@field idle number seconds that nothing may move; math.huge: no limit
---@field writer {is_over: boolean, ended_at: number|nil}|nil what is written meanwhile
---@field is_timed boolean whether the socket knows of it: nobody has waited since it was told
---@field buffer string
---@field at integer where in it the next byte is
---@field has_begun boolean whether a byte has come
local Reader = {}
Reader.__index = Reader

--- A reader of what comes next.
---@param reader {socket: table, deadline: number|nil, idle: number, is_timed: boolean}
---@return ses.Reader
function M.new(reader)
  reader.buffer, reader.at, reader.has_begun = "", 1, false
  return setmetatable(reader, Reader)
end

--- Tells the socket how long it may wait.
---@param idle number|nil seconds that nothing may move; nil: all of them
---@return boolean false: the deadline has passed
function Reader:set_time(idle)
  local deadline = self.deadline
  local left = deadline and deadline - now() or math.huge
  if left > 0 then
    self.socket:settimeout(milliseconds(math.min(left, idle or self.idle)))
    self.is_timed = true
    return true
  end
  return false
end

-- How much longer nothing may move. What nginx still writes has a limit of its
-- own, which begins anew with each piece that leaves.
---@param since number
local function patience(self, since)
  local writer = self.writer
  if writer and not writer.is_over then
    return self.idle
  end
  return math.max(since, writer and writer.ended_at or since) + self.idle - now()
end

--- Some bytes, as soon as there are any, whatever is in the buffer.
---@return string|nil
---@return string|nil kind
---@return string|nil reason
function Reader:receive()
  local socket, is_bounded = self.socket, self.idle < math.huge
  local since = is_bounded and now()
  local left
  while true do
    if not self.is_timed and not self:set_time(left) then
      return nil, "ended", "timeout"
    end
    self.is_timed = false
    local data, reason = socket:receiveany(PIECE)
    if data then
      self.has_begun = true
      return data
    elseif reason ~= "timeout" then
      return nil, "ended", reason
    end
    -- nginx counts from its cached time, and may be early.
    left = is_bounded and patience(self, since) or nil
    if left and left <= 0 then
      return nil, "ended", "silent"
    end
  end
end

-- Most answers come whole, to an empty buffer.
local function await_first(self)
  local data, kind, reason = self:receive()
  if not data then
    return nil, kind, reason
  end
  self.buffer, self.at = data, 1
  return true
end

-- Fills the buffer until there is the end of a line in it.
local function await_line(self, most)
  if self.at > #self.buffer then
    local ok, kind, reason = await_first(self)
    local last = ok and find(self.buffer, "\n", 1, true)
    if last or not ok then
      return last, kind, reason
    end
  end
  local pieces = { sub(self.buffer, self.at) }
  local count, size = 1, #pieces[1]
  while size <= most do
    local data, kind, reason = self:receive()
    if not data then
      self.buffer, self.at = concat(pieces), 1
      return nil, kind, reason
    end
    count, size = count + 1, size + #data
    pieces[count] = data
    if find(data, "\n", 1, true) then
      self.buffer, self.at = concat(pieces), 1
      return find(self.buffer, "\n", 1, true)
    end
  end
  return nil, "long"
end

--- A line without its end.
---@param most integer bytes that it may have
---@return string|nil
---@return string|nil kind
---@return string|nil reason
function Reader:line(most)
  local last = find(self.buffer, "\n", self.at, true)
  if not last then
    local kind, reason
    last, kind, reason = await_line(self, most)
    if not last then
      return nil, kind, reason
    end
  end
  local buffer, at = self.buffer, self.at
  if last - at > most then
    return nil, "long"
  elseif last == at or byte(buffer, last - 1) ~= CR then
    return nil, "malformed", "has a line that ends with a bare LF"
  end
  local text = sub(buffer, at, last - 2)
  if find(text, "\r", 1, true) then
    return nil, "malformed", "has a bare CR in a line"
  elseif find(text, "\0", 1, true) then
    return nil, "malformed", "has a NUL byte in a line"
  end
  self.at = last + 1
  return text
end

--- Bytes that have come already, and no others after them.
---@param n integer how many
---@return string|nil
function Reader:rest(n)
  local at = self.at
  if #self.buffer - at + 1 ~= n then
    return nil
  end
  self.at = at + n
  return sub(self.buffer, at)
end

--- Moves bytes to the end of a list.
---@param n integer how many
---@param pieces string[]
---@return boolean|nil
---@return string|nil kind
---@return string|nil reason
function Reader:take(n, pieces)
  local buffer, at = self.buffer, self.at
  local count = #pieces
  local have = #buffer - at + 1
  if have >= n then
    pieces[count + 1] = sub(buffer, at, at + n - 1)
    self.at = at + n
    return true
  end
  count = count + 1
  pieces[count] = sub(buffer, at)
  self.buffer, self.at = "", 1
  n = n - have
  while n > 0 do
    local data, kind, reason = self:receive()
    if not data then
      return nil, kind, reason
    end
    count = count + 1
    if #data > n then
      pieces[count] = sub(data, 1, n)
      self.buffer, self.at = data, n + 1
      return true
    end
    pieces[count] = data
    n = n - #data
  end
  return true
end

--- Moves all that comes until the peer closes the connection.
---@param most integer bytes
---@param pieces string[]
---@return boolean|nil
---@return string|nil kind
---@return string|nil reason
function Reader:take_rest(most, pieces)
  local data, kind, reason = sub(self.buffer, self.at), nil, nil
  self.buffer, self.at = "", 1
  local size = 0
  while data do
    size = size + #data
    if size > most then
      return nil, "long"
    end
    pieces[#pieces + 1] = data
    data, kind, reason = self:receive()
  end
  if reason == "closed" then
    return true
  end
  return nil, kind, reason
end

--- Whether what comes next begins with a text, as far as it has come.
---@param text string
---@return boolean
function Reader:may_begin(text)
  local came = sub(self.buffer, self.at, self.at + #text - 1)
  return came == sub(text, 1, #came)
end

--- Whether there are bytes that nobody took.
---@return boolean
function Reader:has_more()
  return self.at <= #self.buffer
end

return M
