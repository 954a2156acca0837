--- IAM roles, and who a caller is.
local core = require "ses.core"

local M = {}

-- The user of every key pair that was given rather than issued.
local USER, USER_ID = "ses-emulator", "AIDACKCEVSQ6C2EXAMPLE"

---@class ses.emulator.Role
---@field arn string
---@field partition string
---@field account string
---@field name string without its path

---@class ses.emulator.Principal
---@field account string
---@field arn string
---@field user_id string
---@field temporary boolean|nil its keys were issued
---@field is_role boolean|nil it is a role that somebody took
---@field mfa boolean|nil they were issued for a code of an MFA device

--- Whether a text can be the name of a role or of a session.
---@param text string
---@return boolean
function M.is_name(text)
  return #text >= 1 and #text <= 64 and not text:find("[^A-Za-z0-9_+=,.@-]")
end

--- Takes a role's ARN apart.
---@param arn string
---@return ses.emulator.Role|nil role nil: it is none
function M.parse(arn)
  local partition, account, path =
    arn:match("^arn:(aws[a-z-]*):iam::(%d%d%d%d%d%d%d%d%d%d%d%d):role/([!-~]+)$")
  local name = path and path:match("[^/]*$")
  if not name or not M.is_name(name) then
    return nil
  end
  return { arn = arn, partition = partition, account = account, name = name }
end

--- A role by its account and its name.
---@param account string
---@param name string
---@return ses.emulator.Role
function M.named(account, name)
  return { arn = "arn:aws:iam::" .. account .. ":role/" .. name, partition = "aws",
           account = account, name = name }
end

--- Who somebody is that took a role.
---@param role ses.emulator.Role
---@param session string
---@return ses.emulator.Principal
function M.session(role, session)
  return {
    account = role.account, temporary = true, is_role = true,
    arn = ("arn:%s:sts::%s:assumed-role/%s/%s"):format(role.partition, role.account, role.name,
                                                      session),
    user_id = "AROA" .. core.sha256(role.arn):sub(1, 17):upper() .. ":" .. session,
  }
end

--- The user that key pairs belong to.
---@param account string
---@return ses.emulator.Principal
function M.user(account)
  return { account = account, arn = "arn:aws:iam::" .. account .. ":user/" .. USER,
           user_id = USER_ID }
end

--- The same with keys that were issued.
---@param account string
---@param mfa boolean
---@return ses.emulator.Principal
function M.user_session(account, mfa)
  local user = M.user(account)
  user.temporary, user.mfa = true, mfa
  return user
end

--- A user of somebody else's.
---@param account string
---@param name string
---@return ses.emulator.Principal
function M.federated_user(account, name)
  return { account = account, arn = "arn:aws:sts::" .. account .. ":federated-user/" .. name,
           user_id = account .. ":" .. name, temporary = true }
end

return M
