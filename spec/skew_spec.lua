local errors = require "ses.error"
local skew = require "ses.skew"

local core = require "ses.core"

local SERVER = 1440938160
local DATE = core.format_time(SERVER, "http")

describe("of", function()
  for _, case in ipairs {
    -- sent, received, the skew
    { SERVER, SERVER, 0 },
    { SERVER - 300, SERVER - 300, 300 },
    { SERVER + 300, SERVER + 300, -300 },
    { SERVER - 300.5, SERVER - 300, 300 },
    { SERVER + 300, SERVER + 300.5, -300 },
    -- an answer that was an hour on its way was dated at some time in that hour
    { SERVER - 3600, SERVER, 0 },
    { SERVER, SERVER + 3600, 0 },
    { SERVER - 1800, SERVER + 1800, 0 },
    { SERVER + 10, SERVER + 3600, -10 },
    { SERVER - 3600, SERVER - 10, 10 },
    -- the local clock was put back meanwhile
    { SERVER + 5, SERVER - 5, 0 },
    { SERVER - 10, SERVER - 20, 10 },
  } do
    it(("an answer sent for at %+g and there at %+g: %g"):format(
      case[1] - SERVER, case[2] - SERVER, case[3]), function()
      assert.equal(case[3], skew.of(DATE, case[1], case[2]))
    end)
  end

  it("is not known without a date that can be read", function()
    for _, date in ipairs { "", "2015-08-30T12:36:00Z", "now", 5, false } do
      assert.is_nil(skew.of(date, SERVER, SERVER))
    end
    assert.is_nil(skew.of(nil, SERVER, SERVER))
  end)
end)

local function corrects(fields, seconds)
  return skew.should_correct(errors.new(fields.kind or "service", fields), seconds)
end

describe("should_correct", function()
  it("knows the codes of both APIs, on the wire and in the model", function()
    for _, code in ipairs { "AccessDeniedException", "AuthFailure", "InvalidSignatureException",
                            "RequestTimeTooSkewed", "SignatureDoesNotMatch" } do
      assert.is_true(corrects({ code = code }, 301))
      assert.is_true(corrects({ code = code }, -301))
      assert.is_true(corrects({ code = "X", shape = code }, 301))
    end
    for _, code in ipairs { "RequestExpired", "RequestInTheFuture", "ValidationException",
                            "ExpiredToken" } do
      assert.is_false(corrects({ code = code }, 301))
    end
    assert.is_false(corrects({}, 301))
  end)

  it("corrects what v1 says of a clock that is wrong", function()
    assert.is_true(corrects({ code = "SignatureDoesNotMatch",
      message = "Signature expired: 20150830T123600Z is now earlier than 20150830T124600Z" }, 900))
    assert.is_true(corrects({ code = "SignatureDoesNotMatch",
      message = "Signature not yet current: 20150830T123600Z is still later than" }, -900))
  end)

  it("takes more than four minutes, either way", function()
    local fields = { code = "SignatureDoesNotMatch" }
    for _, seconds in ipairs { 0, 120, 240, -240 } do
      assert.is_false(corrects(fields, seconds))
    end
    assert.is_true(corrects(fields, 240.5))
    assert.is_true(corrects(fields, -240.5))
    assert.is_false(corrects(fields, nil))
  end)

  it("is about what a service says", function()
    assert.is_false(corrects({ kind = "transport", code = "SignatureDoesNotMatch" }, 900))
  end)
end)
