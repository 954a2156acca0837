-- What a check finds in DNS: records of MAIL FROM domains in the region us-east-1, and
-- what there is to say of them.

local M = {}

local GOOD = "MX 10 feedback-smtp.us-east-1.amazonses.com."
local SPF = 'TXT "v=spf1 include:amazonses.com ~all"'

local PUBLISH = "publish the MX record '10 feedback-smtp.us-east-1.amazonses.com'"
local REPLACE = "replace it with the MX record '10 feedback-smtp.us-east-1.amazonses.com'"
local ALIAS = "remove the CNAME record, which allows no other beside it, and " .. PUBLISH
  .. " in its place"
local SUBDOMAIN = "choose another subdomain as the MAIL FROM domain, or another for that mail: SES"
  .. " does not take one that receives mail; otherwise " .. REPLACE
local PUBLISH_SPF = 'publish the TXT record "v=spf1 include:amazonses.com ~all"'
local FIRST = "put include:amazonses.com at its beginning"
local ADD_SPF = "add include:amazonses.com to it, in front of its all"

--- The first label of a MAIL FROM domain, its records, and what there is to say of
--- them: each time severity, code, what is so, and what to do.
M.CASES = {
  { "good", { GOOD, 'TXT "v=spf1 " "include:amazonses.com" " ~all"', 'TXT "site=1"' }, {} },
  { "strict", { GOOD, 'TXT "V=SPF1 IP4:192.0.2.1 INCLUDE:AmazonSES.com. -all"' }, {} },
  { "absent", {}, {
    { "error", "NoSuchDomain", "does not exist in DNS", PUBLISH },
    { "warning", "NoSpf", "has no SPF record", PUBLISH_SPF } } },
  { "no-mx", { SPF }, { { "error", "NoMx", "has no MX record", PUBLISH } } },
  { "several", { GOOD, "MX 5 inbound-smtp.us-east-1.amazonaws.com.", SPF }, {
    { "error", "SeveralMx", "has 2 MX records (inbound-smtp.us-east-1.amazonaws.com,"
      .. " feedback-smtp.us-east-1.amazonses.com), and SES takes exactly one",
      "leave no other than the MX record '10 feedback-smtp.us-east-1.amazonses.com'" },
    { "error", "InboundMx", "is used to receive mail with SES: its MX record points to"
      .. " inbound-smtp.us-east-1.amazonaws.com", SUBDOMAIN } } },
  { "equal", { "MX 10 b.example.net.", "MX 10 a.example.net.", SPF }, {
    { "error", "SeveralMx", "has 2 MX records (a.example.net, b.example.net), and SES takes exactly"
      .. " one", "leave no other than the MX record '10 feedback-smtp.us-east-1.amazonses.com'" },
    { "error", "OtherMx", "is used to receive mail, or was: its MX record points to"
      .. " a.example.net, which is no host of SES", SUBDOMAIN },
    { "error", "OtherMx", "is used to receive mail, or was: its MX record points to"
      .. " b.example.net, which is no host of SES", SUBDOMAIN } } },
  { "foreign", { "MX 10 mx.example.net.", SPF }, {
    { "error", "OtherMx", "is used to receive mail, or was: its MX record points to"
      .. " mx.example.net, which is no host of SES", SUBDOMAIN } } },
  { "inbound", { "MX 10 inbound-smtp.eu-west-1.amazonaws.com.", SPF }, {
    { "error", "InboundMx", "is used to receive mail with SES: its MX record points to"
      .. " inbound-smtp.eu-west-1.amazonaws.com", SUBDOMAIN } } },
  { "elsewhere", { "MX 10 feedback-smtp.eu-west-1.amazonses.com.", SPF }, {
    { "info", "OtherRegionMx", "the MX record of @ points to the feedback host of eu-west-1, not of"
      .. " us-east-1, which SES allows: bounces find their way" } } },
  { "no-dot", { "MX 10 feedback-smtp.us-east-1.amazonses.com", SPF }, {
    { "error", "MissingDot", "the MX record of @ points to"
      .. " feedback-smtp.us-east-1.amazonses.com.example.com: in the zone file the host has no dot"
      .. " at its end", "write feedback-smtp.us-east-1.amazonses.com. with the dot" } } },
  { "slip", { "MX 10 feedback-smtp.us-esat-1.amazonses.com.", SPF }, {
    { "error", "UnknownFeedbackHost", "the MX record of @ points to"
      .. " feedback-smtp.us-esat-1.amazonses.com, which is no host of SES that is known (did you"
      .. " mean us-east-1?)", REPLACE } } },
  { "null", { "MX 0 .", SPF }, {
    { "error", "NullMx", "the MX record of @ is '.', which says that it takes no mail",
      REPLACE } } },
  { "twenty", { "MX 20 feedback-smtp.us-east-1.amazonses.com.", SPF }, {
    { "warning", "MxPreference", "the MX record of @ has the preference 20, and SES's guide has 10",
      REPLACE } } },
  { "alias", { "CNAME good" }, {
    { "warning", "Cname", "is an alias (CNAME) of good.example.com, whose MX record is taken for"
      .. " its own", ALIAS } } },
  { "dangling", { "CNAME nowhere" }, {
    { "error", "Cname", "is an alias (CNAME) of nowhere.example.com, which does not exist", ALIAS },
    { "warning", "NoSpf", "has no SPF record", PUBLISH_SPF } } },
  { "outside", { "CNAME www.example.net." }, {
    { "error", "Cname", "is an alias (CNAME) of www.example.net, which has no MX record", ALIAS },
    { "warning", "NoSpf", "has no SPF record", PUBLISH_SPF } } },
  { "circle", { "CNAME round" }, {
    { "error", "CnameLoop", "is an alias (CNAME) that leads in a circle",
      "remove the CNAME record, and " .. PUBLISH .. " in its place" },
    { "warning", "NoSpf", "has no SPF record", PUBLISH_SPF } } },
  { "no-spf", { GOOD, 'TXT "site=1"' }, {
    { "warning", "NoSpf", "has no SPF record", PUBLISH_SPF } } },
  { "two-spf", { GOOD, SPF, 'TXT "v=spf1 -all"' }, {
    { "warning", "SeveralSpf", "has 2 SPF records, and one is allowed",
      'leave one, such as the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "without", { GOOD, 'TXT "v=spf1 -include:amazonses.com ~all"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ does not allow SES to send: 'v=spf1"
      .. " -include:amazonses.com ~all'", ADD_SPF } } },
  { "late", { GOOD, 'TXT "v=spf1 ~all include:amazonses.com"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ has include:amazonses.com behind its all,"
      .. " where nobody looks", "move it in front of that" } } },
  { "quoted", { GOOD, 'TXT "\\"v=spf1 include:amazonses.com ~all\\""' }, {
    { "warning", "SpfMalformed", "a TXT record of @ is no SPF record, because it has quotes that"
      .. " are part of its text: '\"v=spf1 include:amazonses.com ~all\"'",
      'replace it with the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "typed", { GOOD, 'TXT "v=spf1;include:amazonses.com"' }, {
    { "warning", "SpfMalformed", "a TXT record of @ is no SPF record, because it does not begin"
      .. " with 'v=spf1' and a space: 'v=spf1;include:amazonses.com'",
      'replace it with the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "nested", { GOOD, 'TXT "v=spf1 include:inner.example.com ~all"' }, {} },
  { "inner", { GOOD, 'TXT "v=spf1 redirect=good.example.com"' }, {} },
  { "self", { GOOD, 'TXT "v=spf1 include:self.example.com ~all"' }, {
    { "warning", "SpfLoop", "the SPF record of @ leads back to self.example.com, which it came"
      .. " from", FIRST } } },
  { "long", { GOOD, 'TXT "v=spf1 include:chain1.example.com ~all"' }, {
    { "warning", "SpfTooLong", "the SPF record of @ takes more than 10 look-ups before it allows"
      .. " SES", FIRST } } },
  -- Ten go before it, and an eleventh is not made.
  { "eleventh", { GOOD, 'TXT "v=spf1 ' .. ("ptr "):rep(10) .. 'include:amazonses.com ~all"' }, {
    { "warning", "SpfTooLong", "the SPF record of @ takes more than 10 look-ups before it allows"
      .. " SES", FIRST } } },
  { "tenth", { GOOD, 'TXT "v=spf1 ' .. ("ptr "):rep(9) .. 'include:amazonses.com ~all"' }, {} },
  -- What stands behind a match is not looked at.
  { "early", { GOOD, 'TXT "v=spf1 include:amazonses.com ' .. ("ptr "):rep(12) .. '~all"' }, {} },
  -- Those of records that are included count as well.
  { "counted", { GOOD, 'TXT "v=spf1 include:nine.example.com include:amazonses.com ~all"' }, {
    { "warning", "SpfTooLong", "the SPF record of @ takes more than 10 look-ups before it allows"
      .. " SES", FIRST } } },
  { "voids", { GOOD, 'TXT "v=spf1 a a:v1.example.com mx:v2.example.com include:amazonses.com ~all"'
    }, { { "warning", "SpfVoid", "the SPF record of @ asks for more than 2 names that have no such"
      .. " records before it allows SES, v2.example.com the last", FIRST } } },
  { "two-voids", { GOOD, 'TXT "v=spf1 a mx a:v1.example.com include:amazonses.com ~all"' }, {} },
  { "ends", { GOOD, 'TXT "v=spf1 -all include:amazonses.com"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ has include:amazonses.com behind its all,"
      .. " where nobody looks", "move it in front of that" } } },
  { "ends-inside", { GOOD, 'TXT "v=spf1 include:inner-ends.example.com ~all"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ does not allow SES to send: 'v=spf1"
      .. " include:inner-ends.example.com ~all'", ADD_SPF } } },
  { "goes-on", { GOOD, 'TXT "v=spf1 include:inner-ends.example.com include:amazonses.com -all"' },
    {} },
  { "denied", { GOOD, 'TXT "v=spf1 ~include:amazonses.com include:good.example.com -all"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ does not allow SES to send: 'v=spf1"
      .. " ~include:amazonses.com include:good.example.com -all'", ADD_SPF } } },
  { "everybody", { GOOD, 'TXT "v=spf1 +all"' }, {
    { "warning", "SpfAllowsAll", "the SPF record of @ allows everybody to send: 'v=spf1 +all'",
      'replace it with the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "open", { GOOD, 'TXT "v=spf1 include:amazonses.com all"' }, {
    { "warning", "SpfAllowsAll", "the SPF record of @ allows everybody to send: 'v=spf1"
      .. " include:amazonses.com all'",
      'replace it with the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "opened", { GOOD, 'TXT "v=spf1 include:everybody.example.com -all"' }, {
    { "warning", "SpfAllowsAll", "the SPF record of @ allows everybody to send: 'v=spf1"
      .. " include:everybody.example.com -all'",
      'replace it with the TXT record "v=spf1 include:amazonses.com ~all"' } } },
  { "redirected", { GOOD, 'TXT "v=spf1 redirect=good.example.com ip4:192.0.2.1"' }, {} },
  { "ignored", { GOOD, 'TXT "v=spf1 redirect=good.example.com ~all"' }, {
    { "warning", "SpfWithoutSes", "the SPF record of @ does not allow SES to send: 'v=spf1"
      .. " redirect=good.example.com ~all'", ADD_SPF } } },
  { "nowhere-included", { GOOD, 'TXT "v=spf1 include:v1.example.com include:amazonses.com ~all"' },
    { { "warning", "SpfInclude", "the SPF record of @ leads to v1.example.com, which has no SPF"
      .. " record", FIRST } } },
  { "two-included", { GOOD, 'TXT "v=spf1 include:two-spf.example.com ~all"' }, {
    { "warning", "SpfInclude", "the SPF record of @ leads to two-spf.example.com, which has several"
      .. " SPF records", FIRST } } },
  { "unanswered", { GOOD, 'TXT "v=spf1 include:a.broken.example include:amazonses.com ~all"' }, {
    { "warning", "SpfUnanswered", "the SPF record of @ leads to a.broken.example, which could not"
      .. " be looked up (SERVFAIL)", FIRST } } },
  { "spaced", { GOOD, 'TXT "v=spf1 include: amazonses.com ~all"' }, {
    { "warning", "SpfSyntax", "the SPF record of @ has 'include:', which is no term of SPF",
      "mend it" } } },
  { "wrong", { GOOD, 'TXT "v=spf1 include:amazonses.com ipv4:192.0.2.1 ~all"' }, {
    { "warning", "SpfSyntax", "the SPF record of @ has 'ipv4:192.0.2.1', which is no term of SPF",
      "mend it" } } },
  { "wrong-inside", { GOOD, 'TXT "v=spf1 include:spaced.example.com ~all"' }, {
    { "warning", "SpfSyntax", "the SPF record of @ leads to that of spaced.example.com, which has"
      .. " 'include:', which is no term of SPF", "mend it" } } },
  { "macros", { GOOD, 'TXT "v=spf1 include:%{i}.spf.example.net exp=why.example.com ~all"' }, {
    { "info", "SpfNotJudged", "the SPF record of @ has macros, which depend on the message, so that"
      .. " whether it allows SES cannot be said: 'v=spf1 include:%{i}.spf.example.net"
      .. " exp=why.example.com ~all'", FIRST .. ", where nothing depends on them" } } },
  { "macros-later", { GOOD, 'TXT "v=spf1 exists:%{i}.example.net include:amazonses.com ~all"' },
    {} },
}

--- The zones that a name server has of them.
---@return table<string, string|false> of spec.support.nsd
function M.zones()
  local lines = {
    "round CNAME circle\n", 'nine TXT "v=spf1 ' .. ("ptr "):rep(9) .. '-all"\n',
    'inner-ends TXT "v=spf1 -all include:amazonses.com"\n',
  }
  for _, case in ipairs(M.CASES) do
    for _, record in ipairs(case[2]) do
      lines[#lines + 1] = case[1] .. " " .. record .. "\n"
    end
  end
  for i = 1, 12 do
    lines[#lines + 1] = ('chain%d TXT "v=spf1 include:chain%d.example.com ~all"\n'):format(i, i + 1)
  end
  return { ["example.com"] = table.concat(lines), ["broken.example"] = false }
end

--- What is so of a name. Without "@", a sentence begins with it.
---@param text string
---@param name string the MAIL FROM domain
---@return string
function M.sentence(text, name)
  return text:find("@", 1, true) and text:gsub("@", (name:gsub("%%", "%%%%")))
    or name .. " " .. text
end

return M
