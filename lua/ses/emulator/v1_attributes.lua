--- What API v1's operations GetIdentity...Attributes have in common.
local errors = require "ses.emulator.errors"
local identities = require "ses.emulator.identities"

local IDENTITIES_PER_CALL = 100

--- Attributes of the identities that exist, under the names that were asked for.
---@param ctx ses.emulator.Context
---@param params {Identities: string[]}
---@param read fun(identity: ses.emulator.Identity): table
---@param prepare nil|fun(list: ses.emulator.Identity[]) is called with all of them before
---@return table<string, table>|nil
---@return ses.emulator.Fault|nil
return function(ctx, params, read, prepare)
  if #params.Identities > IDENTITIES_PER_CALL then
    return errors.fault("validation", "1 validation error detected: Value at 'identities' failed to"
      .. " satisfy constraint: Member must have length less than or equal to "
      .. IDENTITIES_PER_CALL)
  end
  local by_name, list = {}, {}
  for _, name in ipairs(params.Identities) do
    local identity = identities.find(ctx.region, name)
    by_name[name] = identity
    list[#list + 1] = identity
  end
  if prepare then
    prepare(list)
  end
  local found = {}
  for name, identity in pairs(by_name) do
    found[name] = read(identity)
  end
  return found
end
