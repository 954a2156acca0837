--- Warnings of what is sent all the same, as by the AWS CLI: values that are none of those
--- that the tables know, for the service may know more, and a MAIL FROM domain that goes.
local document = require "ses.cli.document"
local model = require "ses.model"

local M = {}

local MOST = 10

local walk

local function check(self, shape, value, path)
  local known = {}
  for _, name in ipairs(shape.enum) do
    known[name] = true
  end
  if not known[value] then
    self[#self + 1] = ("%s: %s, which is sent as it is, is none of the values that are"
      .. " known here: %s%s"):format(path,
      require("ses.cli.brief")(require("ses.cli.python").repr(value)),
      table.concat(shape.enum, ", "), require("ses.nearest").hint(value, known))
  end
end

local walkers = {
  object = function(self, shape, value, path)
    for _, member in ipairs(shape.members or {}) do
      walk(self, member.shape, document.get(value, member.name),
        path == "" and member.name or path .. "." .. member.name)
    end
    for _, key in ipairs(shape.value and document.names(value) or {}) do
      walk(self, shape.key.shape, key, path)
      walk(self, shape.value.shape, document.get(value, key), path .. "." .. key)
    end
  end,
  array = function(self, shape, value, path)
    for i = 1, shape.member and #value or 0 do
      walk(self, shape.member.shape, value[i], ("%s[%d]"):format(path, i - 1))
    end
  end,
  string = function(self, shape, value, path)
    if shape.enum then
      check(self, shape, value, path)
    end
  end,
}

function walk(self, name, value, path)
  local walker = value ~= nil and #self < MOST and walkers[document.type(value)]
  if walker then
    walker(self, model.shape(self.service, name), value, path)
  end
end

-- Whoever changes only what happens without an MX record loses the domain.
local MAIL_FROM = {
  SetIdentityMailFromDomain = "BehaviorOnMXFailure",
  PutEmailIdentityMailFromAttributes = "BehaviorOnMxFailure",
}

local function check_mail_from(self, operation, values)
  local behavior = MAIL_FROM[operation]
  local domain = behavior and document.get(values, "MailFromDomain")
  if behavior and document.get(values, behavior) ~= nil
      and (domain == nil or domain == document.null or domain == "") then
    self[#self + 1] = behavior .. " without MailFromDomain: the identity goes back to"
      .. " amazonses.com. Give its MAIL FROM domain to keep it"
  end
end

--- The warnings.
---@param service string
---@param operation string
---@param values table object of ses.cli.document
---@return string[] about ten at most
function M.of(service, operation, values)
  local self, input = { service = service }, model.operation(service, operation).input
  check_mail_from(self, operation, values)
  if input then
    walk(self, input, values, "")
  end
  self.service = nil
  return self
end

return M
