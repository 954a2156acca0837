-- Times as text and back.

local core = require "ses.core"

local MIN, MAX = -62167219200, 253402300799 -- the years 0 to 9999

describe("core.format_time", function()
  it("writes the three forms", function()
    assert.equal("2015-08-30T12:36:00Z", core.format_time(1440938160, "iso8601"))
    assert.equal("20150830T123600Z", core.format_time(1440938160, "basic"))
    assert.equal("Sun, 30 Aug 2015 12:36:00 GMT", core.format_time(1440938160, "http"))
    -- RFC 9110, section 5.6.7
    assert.equal("Sun, 06 Nov 1994 08:49:37 GMT", core.format_time(784111777, "http"))
  end)

  it("knows the edges of the calendar", function()
    for seconds, text in pairs {
      [0] = "1970-01-01T00:00:00Z", [-1] = "1969-12-31T23:59:59Z",
      [951782400] = "2000-02-29T00:00:00Z", [951868800] = "2000-03-01T00:00:00Z",
      [4107542399] = "2100-02-28T23:59:59Z", [4107542400] = "2100-03-01T00:00:00Z",
      [MIN] = "0000-01-01T00:00:00Z", [MAX] = "9999-12-31T23:59:59Z",
      [2 ^ 31] = "2038-01-19T03:14:08Z", [2 ^ 32] = "2106-02-07T06:28:16Z",
      [-2208988800] = "1900-01-01T00:00:00Z",
    } do
      assert.equal(text, core.format_time(seconds, "iso8601"))
      assert.equal((text:gsub("[-:]", "")), core.format_time(seconds, "basic"))
      assert.equal(seconds, core.parse_time(text, "iso8601"))
    end
  end)

  it("writes milliseconds where there are any", function()
    for seconds, text in pairs {
      [0.5] = "1970-01-01T00:00:00.5Z", [0.25] = "1970-01-01T00:00:00.25Z",
      [0.123] = "1970-01-01T00:00:00.123Z", [0.0004] = "1970-01-01T00:00:00Z",
      [0.9996] = "1970-01-01T00:00:01Z", [-0.5] = "1969-12-31T23:59:59.5Z",
      [1440938160.007] = "2015-08-30T12:36:00.007Z",
    } do
      assert.equal(text, core.format_time(seconds, "iso8601"))
    end
    assert.equal("19691231T235959Z", core.format_time(-0.5, "basic"))
    assert.equal("Wed, 31 Dec 1969 23:59:59 GMT", core.format_time(-0.5, "http"))
  end)

  it("agrees with the C library over the years", function()
    for i = 0, 3000 do
      local seconds = i * 1000003 * 60 % 253402300799
      assert.equal(os.date("!%Y%m%dT%H%M%SZ", seconds), core.format_time(seconds, "basic"))
      assert.equal(os.date("!%a, %d %b %Y %H:%M:%S GMT", seconds),
        core.format_time(seconds, "http"))
    end
  end)

  it("raises on what is no time", function()
    for _, seconds in ipairs { MIN - 1, MAX + 1, 0 / 0, 1 / 0, -1 / 0, 1e300, "x" } do
      for _, form in ipairs { "iso8601", "basic", "http" } do
        assert.is_false(pcall(core.format_time, seconds, form))
      end
    end
    assert.is_false(pcall(core.format_time, 0, "rfc850"))
    assert.is_false(pcall(core.format_time, 0))
  end)
end)

describe("core.parse_time", function()
  it("reads fractions and offsets of ISO 8601", function()
    for text, seconds in pairs {
      ["2015-08-30T12:36:00.5Z"] = 1440938160.5, ["2015-08-30T12:36:00.000000000Z"] = 1440938160,
      ["2015-08-30T14:36:00+02:00"] = 1440938160, ["2015-08-30T08:06:00-04:30"] = 1440938160,
      ["2015-08-30T14:36:00+0200"] = 1440938160, ["2015-08-30t12:36:00z"] = 1440938160,
      ["2015-08-30 12:36:00Z"] = 1440938160, ["1970-01-01T00:00:00-00:00"] = 0,
      ["1969-12-31T23:59:59.75Z"] = -0.25, ["2000-02-29T00:00:00Z"] = 951782400,
      ["2016-12-31T23:59:60Z"] = 1483228800, -- a leap second
    } do
      assert.equal(seconds, core.parse_time(text, "iso8601"), text)
    end
  end)

  it("gives integers where Lua has them", function()
    if math.type then
      assert.equal("integer", math.type(core.parse_time("2015-08-30T12:36:00Z", "iso8601")))
      assert.equal("float", math.type(core.parse_time("2015-08-30T12:36:00.5Z", "iso8601")))
    end
    assert.equal("1440938160",
      ("%d"):format(core.parse_time("Sun, 30 Aug 2015 12:36:00 GMT", "http")))
  end)

  it("refuses what is no time", function()
    local refused = {
      iso8601 = {
        "", "2015", "2015-08-30", "2015-08-30T12:36Z", "2015-08-30T12:36:00", "15-08-30T12:36:00Z",
        "2015-13-01T00:00:00Z", "2015-00-01T00:00:00Z", "2015-01-00T00:00:00Z",
        "2015-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2015-04-31T00:00:00Z",
        "2015-08-30T24:00:00Z", "2015-08-30T12:60:00Z", "2015-08-30T12:36:61Z",
        "2015-08-30T12:36:00.Z", "2015-08-30T12:36:00,5Z", "2015-08-30T12:36:00+25:00",
        "2015-08-30T12:36:00+01", "2015-08-30T12:36:00Z ", " 2015-08-30T12:36:00Z",
        "2015-08-30T12:36:00ZZ", "2015-08-30T12:36:00Z\0", "2015-08-30T12:36:0\0Z",
        "20150830T123600Z", "2015-08-30T12:36:00 Z", "-015-08-30T12:36:00Z",
        "+015-08-30T12:36:00Z", "2015-08-30\0T12:36:00Z",
        "9999-12-31T23:59:60Z", "0000-01-01T00:00:00+01:00", -- outside the years 0 to 9999
      },
      basic = {
        "", "20150830", "20150830T123600", "20150830T1236Z", "20150830T123600Z0",
        "20151330T123600Z", "20150830t123600Z", "2015-08-30T12:36:00Z", "20150830T12360aZ",
      },
      http = {
        "", "Sun, 30 Aug 2015 12:36:00", "Sun, 30 Aug 2015 12:36:00 UTC",
        "Xyz, 30 Aug 2015 12:36:00 GMT", "Sun, 30 Agu 2015 12:36:00 GMT",
        "Sun, 31 Jun 2015 12:36:00 GMT", "Sun, 3 Aug 2015 12:36:00 GMT",
        "Sunday, 30-Aug-15 12:36:00 GMT", "Sun Aug 30 12:36:00 2015",
        "sun, 30 aug 2015 12:36:00 gmt", "Sun, 30 Aug 2015 12:36:00 GMT ",
      },
    }
    for form, texts in pairs(refused) do
      for _, text in ipairs(texts) do
        assert.is_nil(core.parse_time(text, form), ("%s %q"):format(form, text))
      end
    end
  end)

  it("reads back what format_time writes, and no prefix of it", function()
    for _, form in ipairs { "iso8601", "basic", "http" } do
      for i = 1, 500 do
        local seconds = MIN + math.floor((MAX - MIN) / 500 * i)
        local text = core.format_time(seconds, form)
        assert.equal(seconds, core.parse_time(text, form))
      end
      local text = core.format_time(1440938160, form)
      for n = 0, #text - 1 do assert.is_nil(core.parse_time(text:sub(1, n), form)) end
    end
  end)
end)
