--- Providers: where credentials come from, apart from the client that uses them.
---
--- One object may serve any number of clients. Those with one transport and the
--- same settings share what it has fetched.
local refresh = require "ses.credentials.refresh"

local M = {}

local WEAK = { __mode = "k" }
local NONE = {}

---@class ses.Provider
---@field name string
local Provider = {}
Provider.__index = Provider
Provider.__name = "ses.credentials"

--- A provider.
---@param name string what it is called in print
---@param fetch fun(ctx: ses.CredentialsContext): ses.CredentialsSet|nil, ses.Error|nil
---@param options table|nil all that it fetches by
---@return ses.Provider
function M.new(name, fetch, options)
  return setmetatable({
    name = name, _fetch = fetch, _options = options or NONE, _states = setmetatable({}, WEAK),
  }, Provider)
end

--- Whether a value is one.
---@param value any
---@return boolean
function M.is_provider(value)
  return getmetatable(value) == Provider
end

function Provider:__tostring()
  return "ses.credentials." .. self.name
end

-- A value in a form that another has only if it is the same; nil: a function is
-- nothing but itself.
local function written(value)
  local kind = type(value)
  if M.is_provider(value) then
    return value:identity()
  elseif kind ~= "table" then
    local text = tostring(value)
    return kind ~= "function" and ("%s %d:%s"):format(kind, #text, text) or nil
  end
  local names, parts = {}, {}
  for name in pairs(value) do
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do
    local member = written(value[name])
    if not member then
      return nil
    end
    parts[i] = name .. "=" .. member
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- What tells it from others that fetch something else, in every process. It has
--- secrets in it, where the options have.
---@return string|nil nil: nothing does, for it has functions
function Provider:identity()
  local options = written(self._options)
  return options and self.name .. options
end

-- The table in a table; what it is for is not kept alive by it.
local function inner(outer, key)
  key = key or NONE
  outer[key] = outer[key] or setmetatable({}, WEAK)
  return outer[key]
end

-- What its fetches for these settings share. Functions and files are told apart
-- as what they are; all else is text.
local function state_of(self, transport, settings)
  local lookup = settings.lookup
  local states = inner(inner(inner(inner(self._states, transport), lookup.getenv), settings.mfa),
    lookup.files)
  local key = settings:key()
  states[key] = states[key] or refresh.new()
  return states[key]
end

--- Fetches credentials, for a provider that has them from this one.
---@param ctx ses.CredentialsContext
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function Provider:fetch(ctx)
  return self._fetch(ctx)
end

--- What a client calls before every signature.
---@param transport ses.Transport
---@param settings ses.Settings
---@return fun(is_expired: boolean|nil, refused: table|nil, ends: number|nil): table|nil, ses.Error|nil
function Provider:bind(transport, settings)
  local state = state_of(self, transport, settings)
  local ctx = { transport = transport, settings = settings, lookup = settings.lookup }
  local fetch = self._fetch

  -- Another program may have written others into the files.
  local function fetch_others(fetch_ctx)
    settings.lookup:reload()
    return fetch(fetch_ctx)
  end

  return function(_, refused, ends)
    return refresh.get(state, ctx, refused and fetch_others or fetch, refused, ends)
  end
end

return M
