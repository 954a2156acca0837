-- A thousand identities, some of which are not as they should be.

local M = {}

M.COUNT = 1000

-- The first 300 have drifted, the next 50 were given up, 20 have MAIL FROM domains
-- that nobody knows; all others are right.
local DRIFTED, FAILED, FOREIGN = 300, 350, 370

--- The name of an identity.
---@param number integer
---@return string
function M.name(number)
  return ("d%04d.example"):format(number)
end

--- What is wanted of all of them.
---@return table[]
function M.wanted()
  local wanted = {}
  for i = 1, M.COUNT do
    wanted[i] = { identity = M.name(i), mail_from_domain = "bounce." .. M.name(i),
                  behavior = "REJECT_MESSAGE" }
  end
  return wanted
end

--- Creates them.
---@param v2 table a client of API v2
---@param move fun(name: string, status: string) sets a MAIL FROM domain's status
function M.create(v2, move)
  for i = 1, M.COUNT do
    local name = M.name(i)
    assert(v2:create_email_identity { EmailIdentity = name })
    assert(v2:put_email_identity_mail_from_attributes {
      EmailIdentity = name,
      MailFromDomain = (i > FAILED and i <= FOREIGN and "theirs." or "bounce.") .. name,
      BehaviorOnMxFailure = i <= DRIFTED and "USE_DEFAULT_VALUE" or "REJECT_MESSAGE",
    })
    move(name, i > DRIFTED and i <= FAILED and "FAILED" or "SUCCESS")
  end
end

--- What is wrong with them once all that may be repaired is.
---@param identities table[] of the emulator
---@return string[]
function M.faults(identities)
  local faults, by_name = {}, {}
  for _, identity in ipairs(identities) do
    by_name[identity.name] = identity
  end
  for i = 1, M.COUNT do
    local found = by_name[M.name(i)]
    local is_foreign = i > FAILED and i <= FOREIGN
    local is_right = found.mail_from_domain == (is_foreign and "theirs." or "bounce.") .. found.name
      and found.mail_from_status ~= "FAILED" and found.behavior_on_mx_failure == "REJECT_MESSAGE"
    if not is_right then
      faults[#faults + 1] = found.name
    end
  end
  return faults
end

return M
