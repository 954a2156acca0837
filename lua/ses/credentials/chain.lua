--- Where credentials are looked for when a client was given none: the places that
--- AWS's tools look at, in the order of botocore.
local container = require "ses.credentials.container"
local env = require "ses.credentials.env"
local fault = require "ses.credentials.fault"
local imds = require "ses.credentials.imds"
local profile = require "ses.credentials.profile"
local web_identity = require "ses.credentials.web_identity"

local M = {}

local function of_profile(fetch)
  return function(ctx)
    return fetch(ctx, ctx.lookup.profile_name)
  end
end

-- The places in their order. `of_environment`: a profile that the options name
-- puts it aside.
local PLACES = {
  { name = "the environment", fetch = env.fetch, of_environment = true },
  { name = "the role of the profile", fetch = of_profile(profile.fetch_role) },
  { name = "a web identity", fetch = function(ctx)
    return web_identity.fetch_configured(ctx, ctx.lookup.profile, not ctx.lookup.is_option)
  end },
}
for _, source in ipairs(profile.SOURCES) do
  PLACES[#PLACES + 1] = { name = source[1], fetch = of_profile(source[2]) }
end
PLACES[#PLACES + 1] = { name = "the container", fetch = container.fetch }
PLACES[#PLACES + 1] = { name = "the instance metadata service", fetch = imds.fetch }

--- Looks for credentials. A place that is configured and fails ends the search:
--- others would be somebody else's.
---@param ctx ses.CredentialsContext
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch(ctx)
  local reasons = {}
  local i = 1
  while PLACES[i] do
    local place = PLACES[i]
    if not (place.of_environment and ctx.lookup.is_option) then
      local set, err = place.fetch(ctx)
      if set then
        return set
      elseif not fault.is_nothing(err) then
        return nil, err
      end
      reasons[#reasons + 1] = ("%s (%s)"):format(place.name, err.message)
    end
    i = i + 1
  end
  return fault.nothing("no credentials were found; tried the option credentials (not given), "
    .. table.concat(reasons, ", "))
end

return M
