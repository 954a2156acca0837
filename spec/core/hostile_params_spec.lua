-- Params that are wrong in every way: each gives nil and faults that name the
-- place; nothing of the user's runs; nothing crashes.

local core = require "ses.core"
local samples = require "spec.support.samples"
local walk = require "spec.support.walk"

local function encode(service, operation, params)
  return core.encode(assert(core.handle(service, operation)), params)
end

local function each_input(visit)
  for _, service in ipairs(core.services()) do
    for _, name in ipairs(core.service(service).operations) do
      local op = core.operation(service, name)
      if op.input then visit(service, name, op.input) end
    end
  end
end

local function has_fault(details, path, rule)
  for _, fault in ipairs(details or {}) do
    if fault.path == path and (not rule or fault.rule == rule) then return true end
  end
  return false
end

local NAN, INF = 0 / 0, 1 / 0
local function nothing() end

-- For every type, rule -> values that break it.
local wrong = {
  structure = { type = { 5, "x", true, nothing }, unknown = {} },
  list = { type = { 5, "x", true, nothing, { a = 1 }, { [0] = 1 }, { [1.5] = 1 }, { [true] = 1 } },
           hole = { { [2] = "x" }, { nil, nil, "x" }, { "a", [2 ^ 53] = "b" } } },
  map = { type = { 5, "x", true, nothing, { "a" }, { [true] = "a" } } },
  string = { type = { 5, true, {}, nothing }, utf8 = { "\255", "a\192\175", "\237\160\128" },
             nul = { "a\0b", "\0" } },
  blob = { type = { 5, true, {}, nothing } },
  boolean = { type = { "true", 0, 1, {}, nothing } },
  integer = { type = { "5", true, {}, nothing, 1.5, -0.5 },
              range = { NAN, INF, -INF, 2 ^ 31, -2 ^ 31 - 1, 2 ^ 53 + 1, 1e300 } },
  long = { type = { "5", true, {}, nothing, 1.5 },
           range = { NAN, INF, -INF, 2 ^ 53, -2 ^ 53, 2 ^ 63, 1e300 } },
  double = { type = { "5", true, {}, nothing }, range = { NAN, INF, -INF } },
  timestamp = { type = { true, {}, nothing, "yesterday", "", "2015-08-30" },
                range = { NAN, INF, -INF, 1e300, 253402300800, -62167219201 } },
}

describe("core.encode of hostile params", function()
  it("names every place that holds another type", function()
    local problems, tried = {}, 0
    each_input(function(service, name, input)
      local params = samples.of(service, input, false)
      for _, place in ipairs(walk.places(service, input, params)) do
        for rule, values in pairs(wrong[place.shape.type]) do
          for _, value in ipairs(values) do
            place.set(value)
            tried = tried + 1
            local request, details = encode(service, name, params)
            if request or not has_fault(details, place.path, rule) then
              problems[#problems + 1] = ("%s.%s %s: %s takes %s"):format(service, name, place.path,
                rule, tostring(value))
            end
          end
        end
        place.set(place.value)
      end
      assert.truthy(encode(service, name, params))
    end)
    assert.same({}, problems)
    assert.truthy(tried > 10000)
  end)

  it("names every member that is missing", function()
    local problems = {}
    each_input(function(service, name, input)
      local _, details = encode(service, name, {})
      for _, member in ipairs(core.shape(service, input).members) do
        if member.required and not has_fault(details, member.name, "required") then
          problems[#problems + 1] = service .. "." .. name .. " " .. member.name
        end
      end
    end)
    assert.same({}, problems)
  end)

  it("refuses in every label what would name another resource", function()
    local count = 0
    each_input(function(service, name, input)
      for _, member in ipairs(core.shape(service, input).members) do
        if member.location == "uri" then
          count = count + 1
          for _, value in ipairs { "", ".", "..", "a\r\nb", "\n", "a\0", "\255", "\127" } do
            local params = samples.of(service, input, true)
            params[member.name] = value
            local request, details = encode(service, name, params)
            assert.is_nil(request)
            assert.is_true(has_fault(details, member.name))
          end
          for _, value in ipairs { "...", "a/../b", "%2e%2e", " ", ".a", "/" } do
            local params = samples.of(service, input, true)
            params[member.name] = value .. ("x"):rep(core.shape(service, member.shape).min or 0)
            local request = assert(encode(service, name, params))
            assert.is_nil(request.path:find("/%.%.?/"))
            assert.is_nil(request.path:find("//", 1, true))
            assert.is_nil((request.path .. "/"):find("/%.%.?/"))
          end
        end
      end
    end)
    assert.truthy(count > 50)
  end)

  it("refuses a line break in a header", function()
    for _, token in ipairs { "a\r\nX-Evil: 1", "a\n", "\r", "a\0b", "\127" } do
      local request, details = encode("sso", "GetRoleCredentials",
        { roleName = "r", accountId = "a", accessToken = token })
      assert.is_nil(request)
      assert.is_true(has_fault(details, "accessToken"))
    end
  end)

  it("takes keys for what they are, NUL bytes and all", function()
    for _, key in ipairs { "EmailIdentity\0", "EmailIdentity\0" .. ("x"):rep(100), "", "\0", "E",
                           "emailidentity", "EmailIdentity.", "\255" } do
      local request, details = encode("sesv2", "GetEmailIdentity",
        { EmailIdentity = "a", [key] = "b" })
      assert.is_nil(request)
      assert.equal(1, #details)
      assert.equal("unknown", details[1].rule)
      assert.is_nil(details[1].path:find("[^\32-\126]"))
    end
    for _, key in ipairs { 1, 1.5, true, nothing, -1, INF } do
      local _, details = encode("sesv2", "GetEmailIdentity", { EmailIdentity = "a", [key] = "b" })
      assert.equal("unknown", details[1].rule)
    end
  end)

  it("tells an integer from its neighbour where Lua can", function()
    if not math.type then return end
    local function seconds(n)
      return encode("sesv2", "PutConfigurationSetDeliveryOptions",
        { ConfigurationSetName = "c", MaxDeliverySeconds = n })
    end
    assert.truthy(seconds(math.tointeger(2 ^ 53 - 1)))
    for _, power in ipairs { 2 ^ 53, 2 ^ 53 + 2, 2 ^ 62 } do
      local n = math.tointeger(power) + 1
      assert.same({ false, "range" }, { (seconds(n)) or false, select(2, seconds(n))[1].rule })
    end
  end)

  it("reads maps without trusting their keys", function()
    local function dimensions(map)
      return encode("sesv2", "BatchGetMetricData", { Queries = { {
        Id = "i", Namespace = "VDM", Metric = "SEND", StartDate = 1, EndDate = 2, Dimensions = map,
      } } })
    end
    for key, rule in pairs { ["\255"] = "utf8", ["a\0b"] = "nul" } do
      local request, details = dimensions { [key] = "x" }
      assert.is_nil(request)
      assert.equal(rule, details[1].rule)
    end
    assert.truthy(dimensions { [""] = "x", ["a.b[1]"] = "y", ["\r\n"] = "z" })
  end)

  it("ends on tables that are deep, wide or hold themselves", function()
    local deep = {}
    local inner = deep
    for _ = 1, 10000 do
      inner.Message = {}
      inner = inner.Message
    end
    local itself = {}
    itself.Message, itself.Destination, itself.Source, itself.Tags = itself, itself, itself, itself
    local wide = {}
    for i = 1, 100000 do wide[i] = i end
    for i = 1, 1000 do wide["k" .. i] = i end
    for _, params in ipairs { deep, itself, wide } do
      for _, operation in ipairs { "SendEmail", "GetSendQuota" } do
        local request, details = encode("ses", operation, params)
        assert.is_nil(request)
        assert.truthy(#details >= 1 and #details <= 100)
      end
    end
    local request, details = encode("ses", "GetIdentityMailFromDomainAttributes",
      { Identities = wide })
    assert.is_nil(request)
    assert.equal("Identities", details[1].path)
  end)

  it("refuses what no service takes: 50 MB", function()
    local big = ("x"):rep(50 * 2 ^ 20)
    for path, case in pairs {
      ["RawMessage.Data"] = { "ses", "SendRawEmail", { RawMessage = { Data = big } } },
      EmailIdentity = { "sesv2", "GetEmailIdentity", { EmailIdentity = big } },
      ["TagKeys"] = { "sesv2", "UntagResource", { ResourceArn = "a", TagKeys = { big } } },
      ["Content.Raw.Data"] = { "sesv2", "SendEmail", { Content = { Raw = { Data = big } } } },
    } do
      local request, details = encode(case[1], case[2], case[3])
      assert.is_nil(request)
      assert.same({ path, "size" }, { details[1].path, details[1].rule })
    end
    local _, details = encode("sesv2", "GetEmailIdentity", { EmailIdentity = big .. "\255" })
    assert.equal("EmailIdentity: not UTF-8 at byte 52428801", details[1].message)
    _, details = encode("sesv2", "GetEmailIdentity", { EmailIdentity = "a", [big] = "b" })
    assert.truthy(#details[1].message < 1000)
    -- What was refused spoils nothing.
    assert.truthy(encode("sesv2", "GetEmailIdentity", { EmailIdentity = "a" }))
  end)

  it("runs no metamethod", function()
    local function never() error("a metamethod ran") end
    local odd = { __index = never, __newindex = never, __len = never, __pairs = never,
                  __ipairs = never, __next = never, __call = never, __tostring = never,
                  __eq = never, __metatable = false }
    each_input(function(service, name, input)
      local plain = samples.of(service, input, false)
      local wanted = encode(service, name, plain)
      local params = samples.of(service, input, false)
      for _, place in ipairs(walk.places(service, input, params)) do
        if type(place.value) == "table" then setmetatable(place.value, odd) end
      end
      assert.same(wanted, encode(service, name, setmetatable(params, odd)))
    end)
  end)

  it("keeps no memory of what it refused", function()
    local params = { Surprise = 1, Content = { Raw = { Data = 5 }, Simple = { Subject = "x" } },
                     EmailTags = { { Name = "a", [3] = "b" }, { Name = "\255" } } }
    local function rounds(n)
      for _ = 1, n do
        encode("sesv2", "SendEmail", params)
        encode("sesv2", "GetEmailIdentity", { EmailIdentity = ".." })
      end
      collectgarbage()
      collectgarbage()
      return collectgarbage "count"
    end
    local before = rounds(200)
    assert.truthy(rounds(2000) - before < 16)
  end)
end)
