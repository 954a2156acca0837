--- What the emulator remembers, per region.
local quota = require "ses.emulator.quota"

local M = {}

local MAILBOX_BYTES = 256 * 1024 * 1024

--- The state of a region that nobody has used yet.
---@param name string
---@return table
local function new_region(name)
  return {
    name = name,
    identities = {}, -- normal name -> identity
    order = {},      -- the same, in the order of creation
    number = 0,      -- of the newest identity
    due = {},        -- operation -> when its next call may come
    quota = quota.new(),
  }
end

--- An empty state.
---@return table
function M.new()
  return { regions = {}, mailbox = {}, mailbox_bytes = 0, faults = {} }
end

--- The state of a region; made at its first use.
---@param state table
---@param name string
---@return table
function M.region(state, name)
  local region = state.regions[name]
  if not region then
    region = new_region(name)
    state.regions[name] = region
  end
  return region
end

--- The regions that were used, by name.
---@param state table
---@return table[]
function M.regions(state)
  local list = {}
  for _, region in pairs(state.regions) do
    list[#list + 1] = region
  end
  table.sort(list, function(a, b)
    return a.name < b.name
  end)
  return list
end

--- Puts a message into the mailbox. The oldest leave when there are too many,
--- or more than 256 MB of them.
---@param state table
---@param mail table
---@param most integer how many messages the mailbox keeps
function M.deliver(state, mail, most)
  local mailbox = state.mailbox
  mailbox[#mailbox + 1] = mail
  state.mailbox_bytes = state.mailbox_bytes + mail.size
  while #mailbox > most or (state.mailbox_bytes > MAILBOX_BYTES and #mailbox > 1) do
    state.mailbox_bytes = state.mailbox_bytes - table.remove(mailbox, 1).size
  end
end

--- Empties the mailbox.
---@param state table
function M.empty_mailbox(state)
  state.mailbox, state.mailbox_bytes = {}, 0
end

return M
