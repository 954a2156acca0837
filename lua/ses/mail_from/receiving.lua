--- SES's own conditions of a MAIL FROM domain: it is not used to receive mail, nor
--- in From addresses whose feedback is forwarded by mail.
local names = require "ses.mail_from.names"
local printable = require "ses.printable"

local M = {}

local NOT_ALLOWED = "SES's reference rules it out: the feedback would go where bounces go"

-- Whether a recipient of a receipt rule is the domain, an address at it, or all
-- subdomains of one above it.
local function is_meant(recipient, domain)
  local text = names.normal(recipient)
  local at = text:match("@([^@]*)$")
  if text:sub(1, 1) == "." then
    return names.is_below(domain, text:sub(2))
  end
  return (at or text) == domain
end

local function judge_rule(case, rule)
  for _, recipient in ipairs(rule.Recipients or {}) do
    if is_meant(recipient, case.domain) then
      case:add(rule.Enabled and "error" or "warning", "ReceiptRule",
        ("the receipt rule '%s'%s mail for '%s'"):format(printable(rule.Name, 64),
          rule.Enabled and " takes" or " is not enabled, and would take",
          printable(recipient, 100)), "take the recipient out of the rule, or choose another"
          .. " subdomain as the MAIL FROM domain: SES does not take one that receives mail")
      return
    end
  end
end

-- The active rules of an account and region, which are the same for all of its
-- identities.
local function read_rules(v1, kept)
  local read = kept[v1]
  if not read then
    local answer, err = v1:describe_active_receipt_rule_set()
    read = { answer = answer, err = err }
    kept[v1] = read
  end
  return read.answer, read.err
end

--- Looks for receipt rules that name the MAIL FROM domain.
---@param case ses.mail_from.Case
---@param v1 table|nil a client of API v1, which alone has receipt rules
---@param kept table what earlier checks have read, by client
function M.check_rules(case, v1, kept)
  local answer, err
  if v1 then
    answer, err = read_rules(v1, kept)
  end
  if not answer then
    local reason = err and "SES did not say (" .. tostring(err.code) .. ")"
      or "API v2 has no receipt rules"
    return case:add("info", "ReceiptRulesNotRead", ("whether a receipt rule takes mail for %s is"
      .. " not known, because %s"):format(case.domain, reason), "look at the active rule set"
        .. (err and "" or ", or give a receipt_client of API v1"))
  end
  for _, rule in ipairs(answer.Rules or {}) do
    judge_rule(case, rule)
  end
end

-- A verified domain is there to be sent from.
local function judge_sender(case, sender)
  case:add("warning", "MailFromDomainIsIdentity", ("SES has the MAIL FROM domain %s as an identity"
    .. " of its own%s"):format(case.domain, sender.forwards and ", whose feedback is forwarded by"
      .. " mail" or ", and whether feedback is forwarded by mail is not known"),
    "where it is not needed, remove that identity; where mail is sent from it, turn feedback"
      .. " forwarding off or choose another subdomain", NOT_ALLOWED)
end

--- Looks for From addresses at the MAIL FROM domain.
---@param case ses.mail_from.Case
function M.check_from(case)
  local sender = case.state and case.state.sender
  if sender and sender.forwards ~= false then
    judge_sender(case, sender)
  end
  local forwards = case.state and case.state.forwards
  if forwards == false then
    return
  end
  for _, address in ipairs(case.from) do
    local domain = address:match("@([^@>%s]*)>?%s*$")
    if domain and names.normal(domain) == case.domain then
      local is_known = forwards == true
      case:add(is_known and "error" or "warning", "FromInMailFromDomain",
        ("mail is sent from %s, which is at the MAIL FROM domain, %s"):format(
          printable(address, 100), is_known and "while feedback is forwarded by mail"
            or "and whether feedback is forwarded by mail is not known"),
        "send from another domain, or turn feedback forwarding off and take feedback by SNS",
        NOT_ALLOWED)
      return
    end
  end
end

return M
