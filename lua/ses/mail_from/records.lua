--- The DNS records of a MAIL FROM domain, in the forms that DNS is kept in.
local errors = require "ses.error"
local feedback = require "ses.mail_from.feedback"
local names = require "ses.mail_from.names"
local nearest = require "ses.nearest"
local options = require "ses.options"
local printable = require "ses.printable"

local M = {}

local PREFERENCE, TTL = 10, 300

---@class ses.mail_from.Record
---@field name string without a dot at its end
---@field type "MX"|"TXT"
---@field ttl integer seconds
---@field value string as zone files have it: "10 feedback-smtp.eu-west-1.amazonses.com",
---  "\"v=spf1 include:amazonses.com ~all\""
---@field preference integer|nil of the MX record
---@field host string|nil of the MX record
---@field text string|nil of the TXT record, without quotes

---@class ses.mail_from.Records
---@field mail_from_domain string
---@field region string
---@field mx ses.mail_from.Record
---@field spf ses.mail_from.Record|nil nil: the domain to include is not known for this region
---@field source "documented"|"derived" whether AWS names the host of the MX record, or its name
---  follows those of other regions
local Records = {}
Records.__index = Records
Records.__name = "ses.mail_from.records"

local function each(self)
  return { self.mx, self.spf }
end

--- The lines of a zone file, as BIND and others read it.
---@return string lines each with a line break at its end
function Records:bind()
  local lines = {}
  for _, record in ipairs(each(self)) do
    -- A host without a dot at its end would be taken for one in this zone.
    lines[#lines + 1] = ("%s. %d IN %s %s\n"):format(record.name, record.ttl, record.type,
      record.host and ("%d %s."):format(record.preference, record.host) or record.value)
  end
  return table.concat(lines)
end

Records.__tostring = Records.bind

local ACTIONS = { CREATE = true, UPSERT = true, DELETE = true }

--- The change batch of Route 53's ChangeResourceRecordSets: a table whose JSON
--- `aws route53 change-resource-record-sets --change-batch` takes.
---@param action "CREATE"|"UPSERT"|"DELETE"|nil nil: CREATE, which Route 53 refuses where the name
---  has such a record; UPSERT replaces what is there, other TXT records of the name included
---@return table
function Records:route53(action)
  if action ~= nil and not ACTIONS[action] then
    error("route53: no action is called '" .. tostring(action) .. "'"
      .. nearest.hint(action, ACTIONS), 2)
  end
  local changes = {}
  for i, record in ipairs(each(self)) do
    changes[i] = {
      Action = action or "CREATE",
      ResourceRecordSet = {
        Name = record.name, Type = record.type, TTL = record.ttl,
        ResourceRecords = { { Value = record.value } },
      },
    }
  end
  return { Comment = "MAIL FROM domain " .. self.mail_from_domain, Changes = changes }
end

local RESOURCE = [[
resource "aws_route53_record" "%s" {
  zone_id = %s
  name    = "%s"
  type    = "%s"
  ttl     = %d
  records = ["%s"]
}
]]

--- Terraform's resources of the type aws_route53_record.
---@param zone_id string|nil an expression of Terraform's; nil: var.zone_id
---@return string
function Records:terraform(zone_id)
  local blocks = {}
  for i, record in ipairs(each(self)) do
    local label = "mail_from_" .. record.name:gsub("%.", "_") .. "_" .. record.type:lower()
    -- The provider puts the quotes of a TXT record there itself.
    blocks[i] = RESOURCE:format(label, zone_id or "var.zone_id", record.name, record.type,
      record.ttl, record.text or record.value)
  end
  return table.concat(blocks, "\n")
end

local function refuse(kind, code, message)
  return nil, errors.new(kind, { code = code, message = message })
end

local function no_host(region)
  if type(region) ~= "string" then
    return refuse("config", "MissingRegion", "the region must be a string such as eu-west-1, got "
      .. type(region))
  end
  return refuse("config", "UnknownFeedbackHost", "which host takes the bounces of SES in the region"
    .. " '" .. printable(region, 60) .. "' is not known, and none is invented"
    .. nearest.hint(region, feedback.all()) .. " (SES's console shows the MX record to publish)")
end

local SCHEMA = {
  -- RFC 2181, section 8.
  ttl = function(value)
    return options.whole_number(value) or value >= 2 ^ 31 and "expected 2147483647 at most" or nil
  end,
}

--- The records to publish for a MAIL FROM domain: one MX record, which must be
--- the name's only one, and a TXT record with its SPF policy.
---@param mail_from_domain string "bounce.example.com"
---@param region string where its identities are
---@param opts {ttl: integer|nil}|nil ttl: seconds, 300 by default
---@return ses.mail_from.Records|nil
---@return ses.Error|nil err "validation" and the code of a name that is none; "config" and
---  UnknownFeedbackHost or MissingRegion
function M.of(mail_from_domain, region, opts)
  local fault = opts ~= nil and options.fault(opts, SCHEMA)
  if fault then
    error("ses.mail_from.records: " .. fault, 2)
  end
  local name, problem = names.domain(mail_from_domain)
  if not name then
    return refuse("validation", problem.code, problem.message)
  end
  local host = type(region) == "string" and feedback.of(region:lower())
  if not host then
    return no_host(region)
  end
  local ttl = opts and opts.ttl or TTL
  local text = host.spf and "v=spf1 include:" .. host.spf .. " ~all"
  return setmetatable({
    mail_from_domain = name, region = host.region, source = host.source,
    mx = {
      name = name, type = "MX", ttl = ttl, preference = PREFERENCE, host = host.host,
      value = ("%d %s"):format(PREFERENCE, host.host),
    },
    spf = text and { name = name, type = "TXT", ttl = ttl, text = text,
                     value = '"' .. text .. '"' } or nil,
  }, Records)
end

return M
