--- The services' models, as ses.core reflects them, kept once asked for.
local core = require "ses.core"

local M = {}

local function remembered(lookup)
  local known = {}
  return function(service, name)
    local names = known[service]
    if not names then
      names = {}
      known[service] = names
    end
    local found = names[name]
    if found == nil then
      found = lookup(service, name) or false
      -- Names that no model has come from requests: there is no end of them.
      if found then
        names[name] = found
      end
    end
    return found or nil
  end
end

local services = {}

--- What a service is; see core.service.
---@param name string "ses", "sesv2", "sts", "sso" or "sso_oidc"
---@return table
function M.service(name)
  services[name] = services[name] or core.service(name)
  return services[name]
end

--- The shape of that name; see core.shape.
---@type fun(service: string, name: string): table
M.shape = remembered(core.shape)

--- The operation of that name, or nil; see core.operation.
---@type fun(service: string, name: string): table|nil
M.operation = remembered(core.operation)

return M
