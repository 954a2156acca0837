--- What the MX records of a MAIL FROM domain have to be, and what they are.
local alias = require "ses.mail_from.alias"
local feedback = require "ses.mail_from.feedback"
local nearest = require "ses.nearest"
local printable = require "ses.printable"

local M = {}

-- So many hosts of several are named.
local MOST = 5

local PREFERENCE = 10

local RECEIVES = "choose another subdomain as the MAIL FROM domain, or another for that mail: SES"
  .. " does not take one that receives mail"

local function shown(host)
  return host == "" and "." or printable(host, 100)
end

-- Why a question was not answered.
local UNANSWERED = {
  TIMEOUT = { "DnsTimeout", "no name server answered in time" },
  SERVFAIL = { "DnsServerFailure", "the name server failed" },
  REFUSED = { "DnsRefused", "the name server refused to answer" },
}

--- Adds the finding of a question that nobody could answer.
---@param case ses.mail_from.Case
---@param severity "error"|"warning"
---@param kind "MX"|"TXT"
---@param err ses.mail_from.DnsError
---@param meanwhile string
function M.unanswered(case, severity, kind, err, meanwhile)
  local known = UNANSWERED[err.code]
  local reason = known and known[2] or printable(err.message, 200)
  case:add(severity, known and known[1] or "DnsFailed",
    ("the %s record of %s could not be looked up, because %s (%s)"):format(kind, case.domain,
      reason, printable(err.code, 40)),
    "ask other name servers, or see to those of the domain", meanwhile)
end

-- No MX record was found.
local function judge_absence(case, err)
  local domain = case.domain
  local target, is_loop = alias.follow(err.answers, domain)
  local remedy, meanwhile, record = case:mx_remedy("publish"), case:without_mx(), case:record("mx")
  if is_loop then
    case:add("error", "CnameLoop", domain .. " is an alias (CNAME) that leads in a circle",
      "remove the CNAME record, and " .. remedy .. " in its place", meanwhile, record)
  elseif target then
    case:add("error", "Cname", ("%s is an alias (CNAME) of %s, which %s"):format(domain,
      shown(target), err.code == "NXDOMAIN" and "does not exist" or "has no MX record"),
      "remove the CNAME record, which allows no other beside it, and " .. remedy .. " in its place",
      meanwhile, record)
  elseif err.code == "NXDOMAIN" then
    case:add("error", "NoSuchDomain", domain .. " does not exist in DNS", remedy, meanwhile, record)
  else
    case:add("error", "NoMx", domain .. " has no MX record", remedy, meanwhile, record)
  end
end

-- The host of a zone file that had no dot at its end, so that the zone's name was
-- added.
local function without_zone(case, host)
  local known = case.feedback and case.feedback.host
  return known and host:sub(1, #known + 1) == known .. "."
end

local function judge_feedback_lookalike(case, host)
  local meant = nearest.find(host:match("^feedback%-smtp%.([%w-]+)%."), feedback.all())
  case:add("error", "UnknownFeedbackHost", ("the MX record of %s points to %s, which is no host of"
    .. " SES that is known%s"):format(case.domain, shown(host),
      meant and " (did you mean " .. meant .. "?)" or ""),
    case:mx_remedy("replace it with"), case:without_mx(), case:record("mx"))
end

-- The findings of a host that is not the region's own, in the order in which one
-- is looked for.
local function judge_other_host(case, host)
  local domain, remedy = case.domain, case:mx_remedy("replace it with")
  local meanwhile, record = case:without_mx(), case:record("mx")
  local other = feedback.at(host)
  if other then
    case:add("info", "OtherRegionMx", ("the MX record of %s points to the feedback host of %s, not"
      .. " of %s, which SES allows: bounces find their way"):format(domain, other.region,
        case.region))
  elseif host == "" then
    case:add("error", "NullMx", ("the MX record of %s is '.', which says that it takes no mail")
      :format(domain), remedy, meanwhile, record)
  elseif without_zone(case, host) then
    case:add("error", "MissingDot", ("the MX record of %s points to %s: in the zone file the host"
      .. " has no dot at its end"):format(domain, shown(host)),
      ("write %s. with the dot"):format(case.feedback.host), meanwhile, record)
  elseif host:find("^inbound%-smtp%.") then
    case:add("error", "InboundMx", ("%s is used to receive mail with SES: its MX record points to"
      .. " %s"):format(domain, shown(host)), RECEIVES .. "; otherwise " .. remedy, meanwhile,
      record)
  elseif host:find("^feedback%-smtp%.") then
    judge_feedback_lookalike(case, host)
  else
    case:add("error", "OtherMx", ("%s is used to receive mail, or was: its MX record points to %s,"
      .. " which is no host of SES"):format(domain, shown(host)),
      RECEIVES .. "; otherwise " .. remedy, meanwhile, record)
  end
end

local function judge_one(case, record)
  if not case.feedback and record.exchange:find("^feedback%-smtp%.") then
    return case:add("info", "MxNotJudged", ("the MX record of %s points to %s; which host takes"
      .. " bounces in the region %s is not known here"):format(case.domain, shown(record.exchange),
        case.region), "compare it with what SES's console shows")
  elseif not case.feedback or record.exchange ~= case.feedback.host then
    judge_other_host(case, record.exchange)
  end
  if record.preference ~= PREFERENCE and feedback.at(record.exchange) then
    case:add("warning", "MxPreference", ("the MX record of %s has the preference %d, and SES's"
      .. " guide has %d"):format(case.domain, record.preference, PREFERENCE),
      case:mx_remedy("replace it with"), nil, case:record("mx"))
  end
end

local function judge_several(case, list)
  local hosts = {}
  for i = 1, math.min(#list, MOST) do
    hosts[i] = shown(list[i].exchange)
  end
  if #list > MOST then
    hosts[#hosts + 1] = ("and %d more"):format(#list - MOST)
  end
  case:add("error", "SeveralMx", ("%s has %d MX records (%s), and SES takes exactly one"):format(
    case.domain, #list, table.concat(hosts, ", ")), case:mx_remedy("leave no other than"),
    case:without_mx(), case:record("mx"))
  for _, record in ipairs(list) do
    if not feedback.at(record.exchange) then
      judge_other_host(case, record.exchange)
    end
  end
end

--- Looks the MX records up, and adds what there is to say of them.
---@param case ses.mail_from.Case
---@return ses.mail_from.Answer[]|nil records
---@return ses.mail_from.DnsError|nil
function M.check(case)
  local answers, err = case.ask(case.domain, "MX")
  if not answers then
    if err.code == "NXDOMAIN" or err.code == "NODATA" then
      judge_absence(case, err)
    else
      -- SES looks itself, and says that it found the record.
      local is_used = case.state and case.state.status == "SUCCESS" and not case:other()
      M.unanswered(case, is_used and "warning" or "error", "MX", err,
        "if SES fares no better, " .. case:fallback())
    end
    return nil, err
  end
  local list = {}
  for _, answer in ipairs(answers) do
    if answer.type == "MX" then
      list[#list + 1] = answer
    end
  end
  table.sort(list, function(a, b)
    if a.preference ~= b.preference then
      return a.preference < b.preference
    end
    return a.exchange < b.exchange
  end)
  local target = alias.follow(answers, case.domain)
  if target then
    case:add("warning", "Cname", ("%s is an alias (CNAME) of %s, whose MX record is taken for its"
      .. " own"):format(case.domain, shown(target)), "remove the CNAME record, which allows no"
      .. " other beside it, and " .. case:mx_remedy("publish") .. " in its place",
      "whether SES follows it is not documented", case:record("mx"))
  end
  if #list == 1 then
    case.has_mx = feedback.at(list[1].exchange) ~= nil
    judge_one(case, list[1])
  else
    judge_several(case, list)
  end
  return list
end

return M
