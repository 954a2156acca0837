local core = require "ses.core"
local emulated = require "spec.support.emulated"
local emulators = require "ses.emulator"
local ses = require "ses"

local check = ses.check
local TIME = emulated.TIME

local emulator, v1, v2, now

local function client(service, pair)
  return check(ses.client(service, {
    transport = emulator:transport(), region = "us-east-1",
    credentials = { access_key_id = pair.access_key_id, session_token = pair.session_token,
                    secret_access_key = pair.secret_access_key },
  }))
end

before_each(function()
  now = TIME
  emulator, v1, v2 = emulated.new { time = function()
    return now
  end }
end)

local function refused(code, status, result, err)
  assert.is_nil(result)
  assert.same({ code, status }, { err.code, err.status })
  return err
end

describe("credentials that expire", function()
  local PAIR = { access_key_id = "ASIAEXAMPLE", secret_access_key = "secret",
                 session_token = "token", expires = TIME + 60 }
  local MESSAGE = "The security token included in the request is expired"

  it("are good until they do, on the service's clock", function()
    emulator:set_keys { PAIR }
    local one, two = client("ses", PAIR), client("sesv2", PAIR)
    emulator:advance(1000)
    check(one:get_send_quota {})
    now = TIME + 59
    check(two:get_account {})
    now = TIME + 60
    assert.equal(MESSAGE, refused("ExpiredToken", 403, one:get_send_quota {}).message)
    assert.equal(MESSAGE, refused("ExpiredTokenException", 403, two:get_account {}).message)
    now = TIME + 30
    check(one:get_send_quota {})
    emulator:skew(30)
    refused("ExpiredToken", 403, one:get_send_quota {})
  end)

  it("may be given at the start, and renewed", function()
    emulator = emulated.new { keys = { PAIR }, time = function()
      return TIME + 3600
    end }
    local before = client("ses", PAIR)
    refused("ExpiredToken", 403, before:get_send_quota {})
    local renewed = { access_key_id = "ASIAEXAMPLE", secret_access_key = "new",
                      session_token = "newer", expires = TIME + 7200 }
    emulator:set_keys(renewed)
    check(client("ses", renewed):get_send_quota {})
    refused("InvalidClientTokenId", 403, before:get_send_quota {})
    emulator:reset()
    refused("ExpiredToken", 403, before:get_send_quota {})
  end)

  it("leave the other key pairs as they are", function()
    emulator:set_keys { PAIR, { access_key_id = "AKIDOTHEREXAMPLE", secret_access_key = "s" } }
    check(client("ses", PAIR):get_send_quota {})
    check(client("ses", { access_key_id = "AKIDOTHEREXAMPLE", secret_access_key = "s" })
      :get_send_quota {})
    check(v1:get_send_quota {})
    emulator:set_keys { access_key_id = "AKIDEXAMPLE", expires = TIME - 1,
                        secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }
    refused("ExpiredTokenException", 403, v2:get_account {})
  end)

  it("are told from wrong ones", function()
    for message, given in pairs {
      ["keys: expected a list"] = "x",
      ["keys: expected a list of key pairs"] = {},
      ["keys[1]: expected access_key_id and secret_access_key"] = { { access_key_id = "a" } },
      ["keys[1].expires: expected a number of at least 0"] = {
        access_key_id = "a", secret_access_key = "b", expires = "soon" },
    } do
      assert.has_error(function()
        emulator:set_keys(given)
      end, "ses.emulator: " .. message)
    end
    assert.has_error(function()
      emulators.new { keys = { { access_key_id = "a", secret_access_key = "b", expires = -1 } } }
    end, "ses.emulator.new: keys[1].expires: expected a number of at least 0")
  end)
end)

describe("a clock that is wrong", function()
  local function date(response)
    return core.parse_time(response.ResponseMetadata.HTTPHeaders.date, "http")
  end

  it("refuses signatures and says its time", function()
    emulator:skew(16 * 60)
    local err = refused("SignatureDoesNotMatch", 403, v1:get_send_quota {})
    assert.truthy(err.message:find("^Signature expired: 20270115T080000Z is now earlier than"
      .. " 20270115T080100Z %(20270115T081600Z %- 15 min%.%)"))
    emulator:skew(-16 * 60)
    err = refused("SignatureDoesNotMatch", 403, v2:get_account {})
    assert.truthy(err.message:find("^Signature not yet current: 20270115T080000Z"))
    emulator:skew(14 * 60)
    assert.equal(TIME + 14 * 60, date(check(v1:get_send_quota {})))
  end)

  it("shows its time where it refuses, so that a client can go by it", function()
    emulator:skew(3600)
    local request = assert(v1:get_send_quota({}, { dry_run = true }))
    local response = emulator:transport():send(request)
    assert.equal(403, response.status)
    assert.equal(TIME + 3600, core.parse_time(response.headers.date, "http"))
  end)

  it("is neither the client's nor that of lifecycles", function()
    emulator:skew(600)
    local transport = emulator:transport()
    assert.same({ TIME, TIME }, { transport:time(), transport:now() })
    check(v1:verify_domain_identity { Domain = "example.com" })
    check(v2:create_email_template { TemplateName = "t", TemplateContent = { Text = "t" } })
    assert.equal(TIME, check(v2:list_email_templates {}).TemplatesMetadata[1].CreatedTimestamp)
  end)

  it("holds for a time that is given, too", function()
    emulator:skew(600)
    local given = emulated.v1("Action=GetSendQuota&Version=2010-12-01", { time = TIME + 1600 })
    local request = { method = "POST", target = "/", headers = emulated.sign(given),
                      body = given.body }
    assert.equal(403, emulator:handle(request, TIME).status)
    assert.equal(200, emulator:handle(request, TIME + 1000).status)
  end)

  it("is a year wrong at most", function()
    for _, seconds in ipairs { 1e9, -1e9, 0 / 0, "1" } do
      assert.has_error(function()
        emulator:skew(seconds)
      end, "ses.emulator: skew: expected a number of seconds, a year at most, either way")
    end
    assert.equal(0, emulator.clock.skew)
  end)
end)

describe("a quota that changes", function()
  local function send(count)
    local list = {}
    for i = 1, count do
      list[i] = "r" .. i .. "@example.com"
    end
    return v2:send_email { FromEmailAddress = "a@example.com",
      Destination = { ToAddresses = list },
      Content = { Simple = { Subject = { Data = "s" }, Body = { Text = { Data = "t" } } } } }
  end

  before_each(function()
    emulator, v1, v2 = emulated.new { throttle = true }
    check(v1:verify_domain_identity { Domain = "example.com" })
  end)

  it("holds from then on, and counts what was sent before", function()
    check(send(5))
    emulator:set_quota { max_24_hour_send = 6 }
    check(send(1))
    assert.equal("Daily message quota exceeded.",
                 refused("TooManyRequestsException", 429, send(1)).message)
    emulator:set_quota { max_24_hour_send = -1 }
    check(send(1))
    local quota = check(v2:get_account {}).SendQuota
    assert.same({ -1, 14, 7 }, { quota.Max24HourSend, quota.MaxSendRate, quota.SentLast24Hours })
  end)

  it("may be the send rate", function()
    check(send(14))
    refused("TooManyRequestsException", 429, send(1))
    emulator:set_quota { max_send_rate = 50 }
    emulator:advance(1)
    check(send(50))
    emulator:set_quota { max_send_rate = 1 }
    emulator:advance(1)
    check(send(1))
    assert.equal("Maximum sending rate exceeded.",
                 refused("TooManyRequestsException", 429, send(1)).message)
    emulator:reset()
    assert.equal(14, check(v1:get_send_quota {}).MaxSendRate)
  end)

  it("is refused where it is none", function()
    for message, given in pairs {
      ["quota: expected max_24_hour_send, max_send_rate or both"] = {},
      ["quota.max_24_hour_send: expected a number of at least -1"] = { max_24_hour_send = -2 },
      ["unknown option 'quota.max_rate'"] = { max_rate = 1 },
      ["quota: expected a table, got number"] = 5,
    } do
      assert.has_error(function()
        emulator:set_quota(given)
      end, "ses.emulator: " .. message)
    end
  end)
end)
