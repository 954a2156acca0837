--- The MAIL FROM operations and raw messages, with parameters and the service's
--- answers.

local M = {}

local XMLNS = "http://ses.amazonaws.com/doc/2010-12-01/"
local REQUEST_ID = "f6b1c1f2-0000-1111-2222-3e4d5c6b7a89"

local function xml(operation, result)
  return ('<%sResponse xmlns="%s">\n  <%sResult>%s</%sResult>\n  <ResponseMetadata>\n'
    .. "    <RequestId>%s</RequestId>\n  </ResponseMetadata>\n</%sResponse>\n")
    :format(operation, XMLNS, operation, result, operation, REQUEST_ID, operation)
end

local function domain(i)
  return ("customer-%03d.example.com"):format(i)
end

local ENTRY = [[

      <entry>
        <key>%s</key>
        <value>
          <MailFromDomain>bounce.%s</MailFromDomain>
          <MailFromDomainStatus>Success</MailFromDomainStatus>
          <BehaviorOnMXFailure>UseDefaultValue</BehaviorOnMXFailure>
        </value>
      </entry>]]

local function attributes(n)
  local identities, entries = {}, {}
  for i = 1, n do
    identities[i] = domain(i)
    entries[i] = ENTRY:format(domain(i), domain(i))
  end
  local operation = "GetIdentityMailFromDomainAttributes"
  return {
    label = ("%s, %d"):format(operation, n),
    service = "ses",
    operation = operation,
    params = { Identities = identities },
    answer = xml(operation, "\n    <MailFromDomainAttributes>" .. table.concat(entries)
      .. "\n    </MailFromDomainAttributes>\n  "),
  }
end

M.set = {
  label = "SetIdentityMailFromDomain",
  service = "ses",
  operation = "SetIdentityMailFromDomain",
  params = {
    Identity = "example.com", MailFromDomain = "bounce.example.com",
    BehaviorOnMXFailure = "RejectMessage",
  },
  answer = xml("SetIdentityMailFromDomain", ""),
}

M.put = {
  label = "PutEmailIdentityMailFromAttributes",
  service = "sesv2",
  operation = "PutEmailIdentityMailFromAttributes",
  params = {
    EmailIdentity = "example.com", MailFromDomain = "bounce.example.com",
    BehaviorOnMxFailure = "REJECT_MESSAGE",
  },
  answer = "{}",
}

M.get = {
  label = "GetEmailIdentity",
  service = "sesv2",
  operation = "GetEmailIdentity",
  params = { EmailIdentity = "example.com" },
  answer = '{"IdentityType":"DOMAIN","FeedbackForwardingStatus":true,'
    .. '"VerifiedForSendingStatus":true,"DkimAttributes":{"SigningEnabled":true,'
    .. '"Status":"SUCCESS","Tokens":["hirjd4exampled5477y22yd23ettobi",'
    .. '"v3rnz522czcl46quexamplek3efo5o6x","y4examplexbhyhnsjcmtvzotfvqjmdqoj"],'
    .. '"SigningAttributesOrigin":"AWS_SES","NextSigningKeyLength":"RSA_2048_BIT",'
    .. '"CurrentSigningKeyLength":"RSA_2048_BIT"},'
    .. '"MailFromAttributes":{"MailFromDomain":"bounce.example.com",'
    .. '"MailFromDomainStatus":"SUCCESS","BehaviorOnMxFailure":"REJECT_MESSAGE"},'
    .. '"Policies":{},"Tags":[],"VerificationStatus":"SUCCESS"}',
}

-- Messages as they are; `with` makes the parameters of one.
M.raw_v1 = {
  label = "SendRawEmail",
  service = "ses",
  operation = "SendRawEmail",
  with = function(data)
    return { RawMessage = { Data = data } }
  end,
  answer = xml("SendRawEmail", "<MessageId>0100018f-EXAMPLE</MessageId>"),
}

M.raw_v2 = {
  label = "SendEmail with Raw",
  service = "sesv2",
  operation = "SendEmail",
  with = function(data)
    return { Content = { Raw = { Data = data } } }
  end,
  answer = '{"MessageId":"0100018f-EXAMPLE"}',
}

--- The answers' headers, their names in lower case.
M.headers = {
  ["content-type"] = "text/xml", ["x-amzn-requestid"] = REQUEST_ID, connection = "keep-alive",
}

M.request_id = REQUEST_ID

M.all = { M.set, attributes(1), attributes(2), attributes(100), M.put, M.get }

M.credentials = {
  access_key_id = "AKIDEXAMPLE",
  secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
}

M.region = "us-east-1"

M.time = 1440938160 -- 20150830T123600Z

return M
