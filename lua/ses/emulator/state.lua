--- What the emulator remembers, per region.
local credentials = require "ses.emulator.credentials"
local mailbox = require "ses.emulator.mailbox"
local quota = require "ses.emulator.quota"

local M = {}

--- The state of a region that nobody has used yet.
---@param name string
---@return table
local function new_region(name)
  return {
    name = name,
    identities = {}, -- normal name -> identity
    order = {},      -- the same, in the order of creation
    number = 0,      -- of the newest identity
    templates = { by_name = {}, order = {}, number = 0 },
    rule_sets = { by_name = {}, order = {}, number = 0 },
    due = {},        -- operation -> when its next call may come
    quota = quota.new(),
  }
end

local function copy(values)
  local result = {}
  for name, value in pairs(values) do
    result[name] = value
  end
  return result
end

--- The state of an emulator that has just started.
---@param options table see ses.emulator.settings
---@return table
function M.new(options)
  local state = { regions = {}, faults = {}, keys = copy(options.keys),
                  limits = copy(options.limits),
                  credentials = credentials.new(options.credentials) }
  mailbox.empty(state)
  return state
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

return M
