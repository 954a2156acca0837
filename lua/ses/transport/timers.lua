--- Times to come, the nearest first; equal ones in the order they were set.
local M = {}
M.__index = M

---@class ses.Timer
---@field due number
---@field order integer
---@field value any nil: it was cancelled

--- No timers.
function M.new()
  return setmetatable({ heap = {}, count = 0, order = 0 }, M)
end

local function before(a, b)
  return a.due < b.due or (a.due == b.due and a.order < b.order)
end

local function rise(heap, i)
  local timer = heap[i]
  while i > 1 do
    local parent = (i - i % 2) / 2
    if not before(timer, heap[parent]) then
      break
    end
    heap[i] = heap[parent]
    i = parent
  end
  heap[i] = timer
end

local function sink(heap, count)
  local timer, i = heap[1], 1
  while 2 * i <= count do
    local child = 2 * i
    if child < count and before(heap[child + 1], heap[child]) then
      child = child + 1
    end
    if not before(heap[child], timer) then
      break
    end
    heap[i] = heap[child]
    i = child
  end
  heap[i] = timer
end

--- Sets a timer.
---@param due number
---@param value any not nil
---@return ses.Timer
function M:add(due, value)
  self.order = self.order + 1
  self.count = self.count + 1
  local timer = { due = due, order = self.order, value = value }
  self.heap[self.count] = timer
  rise(self.heap, self.count)
  return timer
end

--- Cancels a timer; one that ended already is left alone.
---@param timer ses.Timer
function M:cancel(timer) -- luacheck: ignore 212
  timer.value = nil
end

local function remove_first(self)
  local heap, count = self.heap, self.count
  local first = heap[1]
  heap[1] = heap[count]
  heap[count] = nil
  self.count = count - 1
  if count > 2 then
    sink(heap, count - 1)
  end
  return first
end

--- When the next one is due; nil: there is none.
---@return number|nil
function M:next_due()
  while self.count > 0 and self.heap[1].value == nil do
    remove_first(self)
  end
  return self.count > 0 and self.heap[1].due or nil
end

--- Takes the value of the next timer that is due.
---@param now number
---@return any value nil: none is
function M:take(now)
  local due = self:next_due()
  if due and due <= now then
    return remove_first(self).value
  end
end

return M
