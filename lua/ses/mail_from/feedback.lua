--- The hosts that take the bounces of SES: one in each region.
local M = {}

-- What AWS's table of feedback endpoints names.
local DOCUMENTED = {
  "af-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
  "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-south-1",
  "eu-west-1", "eu-west-2", "eu-west-3", "me-south-1", "sa-east-1", "us-east-1", "us-east-2",
  "us-gov-west-1", "us-west-1", "us-west-2",
}

-- Regions that SES came to later, in the same partitions.
local DERIVED = {
  "ap-south-2", "ap-southeast-3", "ap-southeast-5", "ca-west-1", "eu-central-2", "il-central-1",
  "me-central-1", "us-gov-east-1",
}

-- The one that does not follow the others.
local NINGXIA = "cn-northwest-1"

---@class ses.mail_from.Feedback
---@field region string
---@field host string where the MX record points
---@field source "documented"|"derived" whether AWS names the host, or its name follows the others'
---@field spf string|nil the domain that an SPF record includes; nil: it is not known

---@type table<string, ses.mail_from.Feedback>
local by_region, by_host = {}, {}

local function add(region, host, source, spf)
  local entry = { region = region, host = host, source = source, spf = spf }
  by_region[region], by_host[host] = entry, entry
end

for source, regions in pairs { documented = DOCUMENTED, derived = DERIVED } do
  for _, region in ipairs(regions) do
    add(region, "feedback-smtp." .. region .. ".amazonses.com", source, "amazonses.com")
  end
end
add(NINGXIA, "feedback-smtp.ses.cn-northwest-1.amazonaws.com.cn", "documented", nil)

--- What is known of a region.
---@param region string
---@return ses.mail_from.Feedback|nil
function M.of(region)
  return by_region[region]
end

--- The region whose host this is.
---@param host string in lower case, without a dot at its end
---@return ses.mail_from.Feedback|nil
function M.at(host)
  return by_host[host]
end

--- What is known, by region.
---@return table<string, ses.mail_from.Feedback> not to be changed
function M.all()
  return by_region
end

return M
