--- Names of operations: AWS's CamelCase, the snake_case of the methods and the
--- kebab-case of the command line.

local M = {}

local function separate(name, separator)
  if name:find(separator, 1, true) then return name end
  local plural = name:find("[A-Z][A-Z]+s$")
  if plural then
    name = name:sub(1, plural - 1) .. separator .. name:sub(plural):lower()
  end
  name = name:gsub("(.)([A-Z][a-z]+)", "%1" .. separator .. "%2")
  name = name:gsub("([a-z0-9])([A-Z])", "%1" .. separator .. "%2")
  return (name:lower())
end

--- The method name of an operation, by boto3's rules:
--- `GetIdentityMailFromDomainAttributes` becomes
--- `get_identity_mail_from_domain_attributes`.  A run of capitals is one word
--- (`CreateTokenWithIAM` becomes `create_token_with_iam`), its plural too
--- (`ListWebACLs` becomes `list_web_acls`); a name with an underscore in it
--- stays as it is.
---@param name string
---@return string
function M.snake(name)
  return separate(name, "_")
end

--- The AWS CLI's name of an operation or a member, by the same rules:
--- `BehaviorOnMXFailure` becomes `behavior-on-mx-failure`.
---@param name string
---@return string
function M.kebab(name)
  return separate(name, "-")
end

return M
