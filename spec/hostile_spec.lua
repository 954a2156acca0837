-- Answers that no service should give: each comes back as nil and an error.

local fake_transport = require "spec.support.fake_transport"
local ses = require "ses"

local XML, JSON, HTML = "text/xml", "application/json", "text/html"

local function xml(inside)
  return '<GetIdentityMailFromDomainAttributesResponse><GetIdentityMailFromDomainAttributesResult>'
    .. inside .. "</GetIdentityMailFromDomainAttributesResult>"
    .. "</GetIdentityMailFromDomainAttributesResponse>"
end

local LAUGHS = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
  .. '<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>' .. xml "&lol2;"

local cases = {
  { "an empty 200", "ses", 200, XML, "" },
  { "HTML", "ses", 200, HTML, "<html><body>Welcome to the hotel</body></html>" },
  { "JSON instead of XML", "ses", 200, JSON, "{}" },
  { "another operation's answer", "ses", 200, XML, "<SendEmailResponse/>" },
  { "a truncated answer", "ses", 200, XML, xml("<MailFromDomainAttributes>"):sub(1, 90) },
  { "billion laughs", "ses", 200, XML, LAUGHS },
  { "10,000 levels of XML", "ses", 200, XML,
    xml(("<MailFromDomainAttributes>"):rep(10000) .. ("</MailFromDomainAttributes>"):rep(10000)) },
  { "XML that is not UTF-8", "ses", 200, XML, xml "<MailFromDomainAttributes>\255" },
  { "XML with a NUL byte", "ses", 200, XML, xml "\0" },
  { "text after the end", "ses", 200, XML, xml "" .. "<more/>" },
  { "HTML from a proxy", "ses", 502, HTML, "<html><h1>502 Bad Gateway</h1></html>" },
  { "an empty 500", "ses", 500, XML, "" },
  { "a redirect", "ses", 302, HTML, "<a href='http://evil.example/'>here</a>" },
  { "an error without a code", "ses", 400, XML, "<ErrorResponse><Error/></ErrorResponse>" },
  { "text instead of JSON", "sesv2", 200, JSON, "OK" },
  { "truncated JSON", "sesv2", 200, JSON, '{"MailFromAttributes":{"MailFromDomain":"b' },
  { "deep JSON", "sesv2", 200, JSON, ('{"a":'):rep(10000) .. "1" .. ("}"):rep(10000) },
  { "a JSON list", "sesv2", 200, JSON, '[{"IdentityType":"DOMAIN"}]' },
  { "a string for a structure", "sesv2", 200, JSON, '{"MailFromAttributes":"x"}' },
  { "a number for a string", "sesv2", 200, JSON, '{"MailFromAttributes":{"MailFromDomain":5}}' },
  { "text for a boolean", "sesv2", 200, JSON, '{"VerifiedForSendingStatus":"yes"}' },
  { "JSON that is not UTF-8", "sesv2", 200, JSON, '{"IdentityType":"\255"}' },
  { "a number that is none", "sesv2", 200, JSON, '{"VerifiedForSendingStatus":NaN}' },
  { "HTML from a proxy, for v2", "sesv2", 503, HTML, "<html>maintenance</html>" },
}

local OPERATIONS = {
  ses = { "GetIdentityMailFromDomainAttributes", { Identities = { "example.com" } } },
  sesv2 = { "GetEmailIdentity", { EmailIdentity = "example.com" } },
}

describe("a client that is answered with", function()
  for _, case in ipairs(cases) do
    local title, service, status, media, body = case[1], case[2], case[3], case[4], case[5]
    it(title .. " returns an error", function()
      local transport = fake_transport.new {
        { status = status, headers = { ["content-type"] = media }, body = body },
      }
      local client = assert(ses.client(service, {
        region = "eu-west-1", transport = transport, retry = { mode = "off" },
        credentials = { access_key_id = "AKIDEXAMPLE", secret_access_key = "s" },
      }))
      local operation = OPERATIONS[service]
      local result, err = client:call(operation[1], operation[2])
      assert.is_nil(result)
      assert.is_true(ses.is_error(err, status < 400 and "decode" or nil), tostring(err))
      assert.equal(status, err.status)
      assert.equal(1, err.attempts)
      local text = tostring(err)
      assert.truthy(text:find(operation[1], 1, true))
      assert.is_nil(text:find("[%z\1-\9\11-\31\127-\255]"), text)
      assert.truthy(#text < 1000, text)
    end)
  end
end)
