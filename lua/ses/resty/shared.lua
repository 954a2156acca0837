--- The client's option `shared`: what all workers of nginx have in common, in one
--- shared dictionary.
---
---     lua_shared_dict ses 1m;
---
---     local client = ses.check(ses.client("sesv2", { shared = "ses" }))
---
--- * The limits of `rate`, unless that is false or has a store of its own: see
---   ses.resty.store.
--- * The credentials that a provider of ses.credentials fetches, the default one
---   too, unless it holds a function: no worker can tell that its function is that
---   of another, and ses.resty.credentials takes such providers by a name. Every
---   script of this nginx can read them in the dictionary.
local errors = require "ses.error"
local tables = require "ses.tables"

-- This module is loaded anywhere; nothing but nginx's Lua has that one.
local ngx = package.loaded.ngx

local M = {}

-- One for each provider and dictionary, so that clients share it.
local function wrapped(provider, name)
  local identity = provider:identity()
  if not identity then
    return provider
  end
  provider._shared = provider._shared or {}
  if not provider._shared[name] then
    provider._shared[name] = assert(require("ses.resty.credentials").new {
      dict = name, name = identity, provider = provider,
    })
  end
  return provider._shared[name]
end

local function failure(code, message)
  return nil, errors.new("config", { code = code, message = "the option shared: " .. message })
end

--- The options of a client with those in place that `shared` stands for.
---@param given ses.Options
---@return ses.Options|nil
---@return ses.Error|nil
function M.apply(given)
  if not ngx then
    return failure("NotInNginx", "there is no nginx whose workers could share anything")
  end
  local store, message = require("ses.resty.store").new(given.shared)
  if not store then
    return failure("NoDictionary", message)
  end
  local result = tables.copy(given)
  if given.rate ~= false then
    result.rate = tables.merged({ store = store }, given.rate or {})
  end
  local providers = require "ses.credentials.provider"
  local provider = given.credentials
  if provider == nil and not (given.transport and given.transport.defaults) then
    provider = require("ses.credentials").default()
  end
  if providers.is_provider(provider) then
    result.credentials = wrapped(provider, given.shared)
  end
  return result
end

return M
