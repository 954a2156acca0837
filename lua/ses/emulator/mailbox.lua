--- Where messages end: a mailbox, and a list of those that were accepted and
--- could not be rendered. Both keep the newest.
local M = {}

local LARGEST = 256 * 1024 * 1024

--- An empty list.
---@return table
function M.new()
  return { first = 1, last = 0, bytes = 0 }
end

--- Adds an item. The oldest leave when there are too many, or more than 256 MB
--- of them.
---@param list table
---@param item table with a size in bytes, or none
---@param most integer how many the list keeps
function M.add(list, item, most)
  list.last = list.last + 1
  list[list.last] = item
  list.bytes = list.bytes + (item.size or 0)
  while list.last - list.first >= most or (list.bytes > LARGEST and list.last > list.first) do
    list.bytes = list.bytes - (list[list.first].size or 0)
    list[list.first] = nil
    list.first = list.first + 1
  end
end

--- The items, oldest first.
---@param list table
---@return table[]
function M.items(list)
  local items = {}
  for i = list.first, list.last do
    items[#items + 1] = list[i]
  end
  return items
end

--- Puts a message where it ends.
---@param state table
---@param mail table
---@param most integer how many messages are kept
function M.deliver(state, mail, most)
  if not mail.failure then
    return M.add(state.mailbox, mail, most)
  end
  M.add(state.failures, {
    message_id = mail.message_id, template = mail.template, error = mail.failure,
    recipients = mail.recipients, api = mail.api, region = mail.region, time = mail.time,
  }, most)
end

--- Empties both.
---@param state table
function M.empty(state)
  state.mailbox, state.failures = M.new(), M.new()
end

return M
