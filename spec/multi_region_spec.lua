-- Sends that name a multi-region endpoint: API v2's EndpointId.

local emulated = require "ses.emulator"
local errors = require "ses.error"
local fake_transport = require "spec.support.fake_transport"
local scripted = require "spec.support.scripted"
local ses = require "ses"

local ID = "abc123.456def"

local function message(id)
  return {
    FromEmailAddress = "a@example.com", Destination = { ToAddresses = { "b@example.com" } },
    Content = { Simple = { Subject = { Data = "s" }, Body = { Text = { Data = "t" } } } },
    EndpointId = id,
  }
end

describe("a send by a multi-region endpoint", function()
  local function request(id, options)
    local client = scripted.client("sesv2", {}, options)
    return client:send_email(message(id), { dry_run = true })
  end

  it("goes to the endpoint, with a signature for all regions", function()
    local sent = assert(request(ID))
    assert.equal("https://abc123.456def.endpoints.email.amazonaws.com/v2/email/outbound-emails",
      sent.url)
    assert.equal("abc123.456def.endpoints.email.amazonaws.com", sent.headers.Host)
    assert.equal("*", sent.headers["X-Amz-Region-Set"])
    assert.truthy(sent.headers.Authorization:find(
      "^AWS4%-ECDSA%-P256%-SHA256 Credential=AKIDEXAMPLE/%d+/ses/aws4_request, "))
    assert.truthy(sent.body:find('"EndpointId":"abc123.456def"', 1, true))
  end)

  it("goes to the client's own endpoint, where it has one", function()
    local sent = assert(request(ID, { endpoint = "http://localhost:4579" }))
    assert.equal("http://localhost:4579/v2/email/outbound-emails", sent.url)
    assert.truthy(sent.headers.Authorization:find("^AWS4%-ECDSA"))
  end)

  it("goes where the region and IPv6 ask for", function()
    assert.truthy(request(ID, { use_dualstack = true }).url
      :find("https://abc123.456def.endpoints.email.global.api.aws/", 1, true))
    assert.truthy(request(ID, { region = "us-gov-west-1" }).url
      :find("https://abc123.456def.endpoints.email.us-gov.amazonaws.com/", 1, true))
  end)

  it("leaves other calls of the client where they were", function()
    local client = scripted.client("sesv2")
    assert(client:send_email(message(ID), { dry_run = true }))
    local sent = assert(client:send_email(message(), { dry_run = true }))
    assert.equal("https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails", sent.url)
    sent = assert(client:send_email(message(ses.null), { dry_run = true }))
    assert.equal("https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails", sent.url)
    sent = assert(client:send_email(message("other"), { dry_run = true }))
    assert.equal("other.endpoints.email.amazonaws.com", sent.headers.Host)
  end)

  it("is an error in AWS's words where that cannot be", function()
    for _, case in ipairs {
      { "badactor.com?foo=bar", nil, "EndpointId must be a valid host label" },
      { "a/../b", nil, "EndpointId must be a valid host label" },
      { "a\r\nX: y", nil, "EndpointId must be a valid host label" },
      { "", nil, "EndpointId must be a valid host label" },
      { ID, { use_fips = true },
        "Invalid Configuration: FIPS is not supported with multi-region endpoints" },
    } do
      local sent, err = request(case[1], case[2])
      assert.is_nil(sent)
      assert.is_true(errors.is_error(err, "config", "InvalidConfiguration"))
      assert.equal(case[3], err.message)
      assert.equal("SendEmail", err.operation)
    end
  end)

  it("is a matter of the two sends alone", function()
    local client, transport = scripted.client("sesv2", { fake_transport.json(200, "{}") })
    assert.truthy((client:get_multi_region_endpoint { EndpointName = "x" }))
    assert.equal("https://email.eu-west-1.amazonaws.com/v2/email/multi-region-endpoints/x",
      transport.sent[1].url)
  end)

  it("goes out by the emulator, which verifies its signature", function()
    local emulator = emulated.new()
    local client = assert(ses.client("sesv2", { transport = emulator:transport() }))
    assert(client:create_email_identity { EmailIdentity = "example.com" })
    assert.truthy(ses.check(client:send_email(message(ID))).MessageId)
    assert.truthy(ses.check(client:send_bulk_email {
      FromEmailAddress = "a@example.com", EndpointId = ID,
      DefaultContent = { Template = { TemplateContent = { Subject = "s", Text = "t" },
                                      TemplateData = "{}" } },
      BulkEmailEntries = { { Destination = { ToAddresses = { "c@example.com" } } } },
    }).BulkEmailEntryResults)
    assert.equal(2, #emulator:mailbox())
    local other = assert(ses.client("sesv2", { transport = emulator:transport(), credentials = {
      access_key_id = "AKIDEXAMPLE", secret_access_key = "wrong" } }))
    local sent, err = other:send_email(message(ID))
    assert.is_nil(sent)
    assert.equal(403, err.status)
  end)
end)
