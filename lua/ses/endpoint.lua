--- Where a service is: AWS's endpoint rules for SES, and for the services that
--- its credentials come from.
local partitions = require "ses.partitions"
local tables = require "ses.tables"

local M = {}

-- How the hosts of a service begin. gov_fips: its endpoints in GovCloud are all
-- FIPS endpoints, under their ordinary names.
local SERVICES = {
  ses = { prefix = "email" },
  sesv2 = { prefix = "email" },
  sts = { prefix = "sts", gov_fips = true },
  sso = { prefix = "portal.sso", gov_fips = true },
  sso_oidc = { prefix = "oidc", gov_fips = true },
}

-- The regions that STS has served by its one global endpoint.
local STS_LEGACY = tables.set {
  "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "aws-global",
  "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
  "us-east-1", "us-east-2", "us-west-1", "us-west-2",
}

--- Whether a text is one label of a host name, as every region's name is.
---
--- Region names reach host names and credential scopes, so nothing else may
--- pass for one.
---@param text any
---@return boolean
function M.is_host_label(text)
  return type(text) == "string" and #text <= 63
    and text:find("^[A-Za-z0-9][A-Za-z0-9-]*$") ~= nil and text:sub(-1) ~= "-"
end

local function is_host_name(text)
  for label in (text .. "."):gmatch("([^.]*)%.") do
    if not M.is_host_label(label) then
      return false
    end
  end
  return true
end

--- The partition that a region is of.
---@param region string
---@return ses.Partition
function M.partition(region)
  for _, partition in ipairs(partitions) do
    if partition.regions[region] then
      return partition
    end
  end
  for _, partition in ipairs(partitions) do
    for _, pattern in ipairs(partition.patterns) do
      if region:find(pattern) then
        return partition
      end
    end
  end
  return partitions[1]
end

---@class ses.EndpointParameters
---@field region string|nil a host label
---@field use_fips boolean|nil
---@field use_dualstack boolean|nil
---@field endpoint ses.Endpoint|nil in place of the service's own
---@field endpoint_id string|nil of SES API v2: that of a multi-region endpoint
---@field use_global_endpoint boolean|nil of STS: its one endpoint for the older regions

local function located(host)
  return { origin = "https://" .. host, host = host, path = "", url = "https://" .. host }
end

-- Multi-region endpoints take signatures that no region is part of.
local function multi_region(given)
  local custom, id = given.endpoint, given.endpoint_id
  if not is_host_name(id) then
    return nil, "EndpointId must be a valid host label"
  elseif given.use_fips then
    return nil, "Invalid Configuration: FIPS is not supported with multi-region endpoints"
  end
  local found
  if custom then
    found = tables.copy(custom)
  elseif not given.region then
    return nil, "Invalid Configuration: Missing Region"
  else
    local partition = M.partition(given.region)
    local suffix = given.use_dualstack and partition.dual_stack_dns_suffix or partition.dns_suffix
    local scope = partition.id == "aws-us-gov" and "us-gov."
      or given.use_dualstack and "global." or ""
    found = located(("%s.endpoints.email.%s%s"):format(id, scope, suffix):lower())
  end
  found.region_set = "*"
  return found
end

-- What a partition lacks of what is asked for, in AWS's words.
local function unsupported(partition, fips, dualstack)
  local has_fips = partition.supports_fips or not fips
  local has_dualstack = partition.supports_dual_stack or not dualstack
  if has_fips and has_dualstack then
    return nil
  elseif fips and dualstack then
    return "FIPS and DualStack are enabled, but this partition does not support one or both"
  end
  return fips and "FIPS is enabled but this partition does not support FIPS"
    or "DualStack is enabled but this partition does not support DualStack"
end

local function global_sts()
  local found = located("sts.amazonaws.com")
  found.signing_region = "us-east-1"
  return found
end

local function regional(service, region, fips, dualstack)
  local rules, partition = SERVICES[service], M.partition(region)
  local lack = unsupported(partition, fips, dualstack)
  if lack then
    return nil, lack
  end
  local suffix = dualstack and partition.dual_stack_dns_suffix or partition.dns_suffix
  local is_plain = not fips
    or (rules.gov_fips and not dualstack and partition.id == "aws-us-gov")
  return located(("%s%s.%s.%s"):format(rules.prefix, is_plain and "" or "-fips", region:lower(),
    suffix))
end

--- The endpoint of a service, by AWS's rules.
---
--- The endpoint has signing_region where requests are signed for another region
--- than the client's, and region_set where they are signed for a set of regions,
--- with SigV4A.
---@param service string "ses", "sesv2", "sts", "sso" or "sso_oidc"
---@param given ses.EndpointParameters
---@return ses.Endpoint|nil
---@return string|nil fault in AWS's words
function M.resolve(service, given)
  local region, custom = given.region, given.endpoint
  local fips, dualstack = given.use_fips, given.use_dualstack
  if service == "sesv2" and given.endpoint_id then
    return multi_region(given)
  elseif custom and fips then
    return nil, "Invalid Configuration: FIPS and custom endpoint are not supported"
  elseif custom and dualstack then
    return nil, "Invalid Configuration: Dualstack and custom endpoint are not supported"
  elseif custom then
    return custom
  elseif not region then
    return nil, "Invalid Configuration: Missing Region"
  elseif service == "sts" and not fips and not dualstack
    and (region == "aws-global" or (given.use_global_endpoint and STS_LEGACY[region])) then
    return global_sts()
  end
  return regional(service, region, fips, dualstack)
end

return M
