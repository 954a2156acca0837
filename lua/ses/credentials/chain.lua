--- Where credentials are looked for when a client was given none: the places that
--- AWS's tools look at, in the order of botocore. A place is loaded when it is asked.
local env = require "ses.credentials.env"
local fault = require "ses.credentials.fault"

local M = {}

local ENVIRONMENT = { name = "the environment", fetch = env.fetch }

local function of_profile(fetch)
  return function(ctx)
    return fetch(ctx, ctx.lookup.profile_name)
  end
end

local function by_web_identity(ctx)
  return require("ses.credentials.web_identity").fetch_configured(ctx, ctx.lookup.profile,
    not ctx.lookup.is_option)
end

local function by_container(ctx)
  return require("ses.credentials.container").fetch(ctx)
end

local function by_imds(ctx)
  return require("ses.credentials.imds").fetch(ctx)
end

-- The places after the environment, in their order.
local function other_places()
  local profile = require "ses.credentials.profile"
  local places = {
    { name = "the role of the profile", fetch = of_profile(profile.fetch_role) },
    { name = "a web identity", fetch = by_web_identity },
  }
  for i = 1, #profile.SOURCES do
    local source = profile.SOURCES[i]
    places[#places + 1] = { name = source[1], fetch = of_profile(source[2]) }
  end
  places[#places + 1] = { name = "the container", fetch = by_container }
  places[#places + 1] = { name = "the instance metadata service", fetch = by_imds }
  return places
end

-- What a place has; nothing, and a reason more, where others are to be asked.
local function ask(place, ctx, reasons)
  local set, err = place.fetch(ctx)
  if set or not fault.is_nothing(err) then
    return set, err
  end
  reasons[#reasons + 1] = ("%s (%s)"):format(place.name, err.message)
end

--- Looks for credentials. A place that is configured and fails ends the search:
--- others would be somebody else's.
---@param ctx ses.CredentialsContext
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch(ctx)
  local reasons = {}
  local set, err
  -- A profile that the options name puts the environment aside.
  if not ctx.lookup.is_option then
    set, err = ask(ENVIRONMENT, ctx, reasons)
  end
  local places = not set and not err and other_places() or {}
  local i = 1
  while not set and not err and places[i] do
    set, err = ask(places[i], ctx, reasons)
    i = i + 1
  end
  if set or err then
    return set, err
  end
  return fault.nothing("no credentials were found; tried the option credentials (not given), "
    .. table.concat(reasons, ", "))
end

return M
