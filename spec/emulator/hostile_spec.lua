-- Whatever arrives under a valid signature gets an answer, and none is the
-- emulator's own failure.

local emulated = require "spec.support.emulated"

local SEEDS = {
  emulated.v1("Action=SetIdentityMailFromDomain&Version=2010-12-01&Identity=example.com"
    .. "&MailFromDomain=bounce.example.com&BehaviorOnMXFailure=RejectMessage"),
  emulated.v1("Action=GetIdentityMailFromDomainAttributes&Version=2010-12-01"
    .. "&Identities.member.1=example.com&Identities.member.2=ann%40example.com"),
  emulated.v1("Action=SendEmail&Version=2010-12-01&Source=ann%40example.com"
    .. "&Destination.ToAddresses.member.1=Bob%20%3Cbob%40example.org%3E&Message.Subject.Data=s"
    .. "&Message.Body.Text.Data=t&Tags.member.1.Name=n&Tags.member.1.Value=v"),
  emulated.v1("Action=SendRawEmail&Version=2010-12-01&RawMessage.Data="
    .. "RnJvbTogYW5uQGV4YW1wbGUuY29tClRvOiBib2JAZXhhbXBsZS5vcmcKCng%3D"),
  emulated.v1("Action=ListIdentities&Version=2010-12-01&MaxItems=1&NextToken=aWRlbnRpdHkgMQ%3D%3D"),
  emulated.v2("PUT", "/v2/email/identities/example.com/mail-from",
    '{"MailFromDomain":"bounce.example.com","BehaviorOnMxFailure":"REJECT_MESSAGE"}'),
  emulated.v2("POST", "/v2/email/identities", '{"EmailIdentity":"ann@example.com","Tags":[]}'),
  emulated.v2("GET", "/v2/email/identities/ann%2Bx%40example.com"),
  emulated.v2("POST", "/v2/email/outbound-emails",
    '{"FromEmailAddress":"ann@example.com","Destination":{"ToAddresses":["bob@example.org"]},'
    .. '"Content":{"Simple":{"Subject":{"Data":"s"},"Body":{"Text":{"Data":"t"}},'
    .. '"Headers":[{"Name":"X","Value":"1"}],"Attachments":[{"FileName":"f","RawContent":"AA=="}]'
    .. '}},"EmailTags":[{"Name":"n","Value":"v"}]}'),
  emulated.v1("Action=AssumeRole&Version=2011-06-15&RoleSessionName=session&DurationSeconds=900"
    .. "&RoleArn=arn:aws:iam::123456789012:role/mailer&Tags.member.1.Key=k&Tags.member.1.Value=v",
    { service = "sts" }),
  emulated.v1("Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=session"
    .. "&RoleArn=arn:aws:iam::123456789012:role/mailer&WebIdentityToken=a.eyJleHAiOjF9.c",
    { service = "sts" }),
  emulated.v2("GET", "/federation/credentials?role_name=r&account_id=123456789012", nil,
    { headers = { ["x-amz-sso_bearer_token"] = "token" } }),
  emulated.v2("POST", "/token", '{"clientId":"c","clientSecret":"s","grantType":"refresh_token",'
    .. '"refreshToken":"again","scope":[]}'),
  emulated.v2("GET", "/latest/meta-data/iam/security-credentials/ses-emulator"),
  emulated.v2("GET", "/v2/credentials/task"),
}

local PIECES = { "%", "%00", "%ff", "\0", "\255", "&", "=", ".", ".member.", "member.9999999999",
                 '"', "[]", "{}", "[", "{", "null", "1e999", "-1", "\\u0000", ",", "<", "@", ";",
                 "(", "\r\n", "/", "//", "..", "?", "", ("x"):rep(1000) }

-- The numbers of a run are always the same.
local function numbers(seed)
  return function(most)
    seed = seed * 16807 % 2147483647
    return math.floor(seed / 256) % most + 1
  end
end

local function mutate(text, random)
  for _ = 1, random(3) do
    local from = random(#text + 1)
    local to = from + random(8) - 2
    text = text:sub(1, from - 1) .. PIECES[random(#PIECES)] .. text:sub(to + 1)
  end
  return text
end

local function mutated(given, random)
  local copy = {}
  for name, value in pairs(given) do
    copy[name] = value
  end
  if copy.body and random(4) > 1 then
    copy.body = mutate(copy.body, random)
  else
    -- A request target has no control characters and no spaces.
    copy.target = "/" .. mutate(copy.target, random):sub(2):gsub("[%c\128-\255 ]", "")
  end
  return copy
end

describe("the emulator", function()
  for i, given in ipairs(SEEDS) do
    it("answers mutations of request " .. i, function()
      local emulator, v1 = emulated.new()
      assert(v1:verify_domain_identity { Domain = "example.com" })
      local random = numbers(i)
      for _ = 1, 300 do
        local request = mutated(given, random)
        local response = emulated.send(emulator, request)
        assert.is_true(response.status >= 200 and response.status < 500)
        assert.not_equal("SignatureDoesNotMatch", (emulated.error(response)))
      end
    end)
  end
end)
