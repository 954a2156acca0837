local emulated = require "spec.support.emulated"
local ses = require "ses"

describe("the in-process transport", function()
  it("supplies what a client has not", function()
    local emulator, v1 = emulated.new { region = "eu-north-1" }
    assert.equal("eu-north-1", v1.region)
    assert.equal("http://127.0.0.1:4579", v1.endpoint)
    local signed = assert(v1:list_identities({}, { dry_run = true }))
    assert.truthy(signed.headers.Authorization:find(
      "Credential=AKIDEXAMPLE/20270115/eu-north-1/ses/", 1, true))
    assert.same({}, emulator:mailbox())
  end)

  it("takes what a client has", function()
    local _, v1, v2 = emulated.new(nil, {
      region = "eu-west-1", endpoint = "http://[::1]:8080",
      credentials = { access_key_id = "AKIDOTHEREXAMPLE", secret_access_key = "s" },
    })
    local result, err = v1:list_identities {}
    assert.is_nil(result)
    assert.equal("InvalidClientTokenId", err.code)
    result, err = v2:get_account {}
    assert.is_nil(result)
    assert.equal("UnrecognizedClientException", err.code)
  end)

  it("sleeps by moving the emulator's clock", function()
    local emulator = emulated.new()
    local transport = emulator:transport()
    assert.equal(emulated.TIME, transport:now())
    transport:sleep(2.5)
    assert.equal(emulated.TIME + 2.5, transport:now())
    assert.equal(emulated.TIME, transport:time())
  end)

  it("has random numbers from 0 to 1", function()
    local transport = emulated.new():transport()
    local different = {}
    for _ = 1, 100 do
      local number = transport:random()
      assert.is_true(number >= 0 and number < 1)
      different[number] = true
    end
    assert.truthy(next(different, next(different)))
  end)

  it("does not send once the deadline has passed", function()
    local emulator, v1 = emulated.new()
    local signed = assert(v1:verify_domain_identity({ Domain = "example.com" }, { dry_run = true }))
    local transport = emulator:transport()
    local response, failure = transport:send(signed, transport:now())
    assert.is_nil(response)
    assert.equal("timeout", failure.kind)
    assert.equal("none", failure.sent)
    assert.same({}, emulator:identities())
    assert.equal(200, transport:send(signed, transport:now() + 1).status)
  end)

  it("has header names in lower case", function()
    local emulator, v1 = emulated.new()
    local signed = assert(v1:get_send_quota({}, { dry_run = true }))
    local response = emulator:transport():send(signed)
    assert.equal("text/xml", response.headers["content-type"])
    assert.equal("Fri, 15 Jan 2027 08:00:00 GMT", response.headers.date)
    assert.truthy(response.headers["x-amzn-requestid"]:find("^%x+%-%x+%-4%x+%-8%x+%-%x+$"))
  end)

  it("caps the answer", function()
    local emulator, v1 = emulated.new()
    local signed = assert(v1:get_send_quota({}, { dry_run = true }))
    signed.connection = { max_response_bytes = 10 }
    local response, failure = emulator:transport():send(signed)
    assert.is_nil(response)
    assert.equal("ResponseTooLarge", failure.code)
    assert.equal("all", failure.sent)
  end)

  it("can be closed, more than once", function()
    local transport = emulated.new():transport()
    transport:close()
    transport:close()
  end)

  it("is shared by clients of one emulator", function()
    local emulator = emulated.new()
    local transport = emulator:transport()
    local v1 = ses.check(ses.client("ses", { transport = transport }))
    local v2 = ses.check(ses.client("sesv2", { transport = transport }))
    ses.check(v1:verify_domain_identity { Domain = "example.com" })
    ses.check(v2:get_email_identity { EmailIdentity = "example.com" })
  end)
end)
