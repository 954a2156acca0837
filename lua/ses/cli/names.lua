--- The command line's names of services, operations and members, and what each
--- stands for.
local core = require "ses.core"
local model = require "ses.model"
local names = require "ses.names"

local M = {}

--- The services by their command: "sso-oidc" is sso_oidc.
---@return table<string, string>
function M.services()
  local services = {}
  for _, service in ipairs(core.services()) do
    services[(service:gsub("_", "-"))] = service
  end
  return services
end

--- The operations of a service by their command: "get-send-quota" is GetSendQuota.
---@param service string
---@return table<string, string>
function M.operations(service)
  local operations = {}
  for _, operation in ipairs(model.service(service).operations) do
    operations[names.kebab(operation)] = operation
  end
  return operations
end

--- The commands of a service by the alphabet: its operations, and what else there is.
---@param service string
---@return string[]
function M.commands(service)
  local commands = { "help", "wait" }
  for command in pairs(M.operations(service)) do
    commands[#commands + 1] = command
  end
  table.sort(commands)
  return commands
end

--- The members of a structure by their option without its dashes: "mail-from-domain"
--- is the member MailFromDomain.
---@param service string
---@param shape string a structure's name
---@return table<string, table> each member as core.shape gives it
function M.members(service, shape)
  local members = {}
  for _, member in ipairs(model.shape(service, shape).members) do
    members[names.kebab(member.name)] = member
  end
  return members
end

return M
