-- Responses that no service should give: each is an error that says where, and
-- none does more harm than that.

local core = require "ses.core"
local json_text = require "spec.support.json_text"
local random = require "spec.support.random"
local responses = require "spec.support.responses"
local samples = require "spec.support.samples"
local walk = require "spec.support.walk"

local function decode(service, operation, response)
  return core.decode(assert(core.handle(service, operation)), response.status or 200,
    response.headers or {}, response.body)
end

local function problem(service, operation, body, status)
  local result, err = decode(service, operation, { body = body, status = status })
  assert.is_nil(result)
  assert.equal("decode", err.kind)
  assert.equal("string", type(err.message))
  return err
end

-- An answer of ListIdentities with that among the identities.
local function v1(inside)
  return "<ListIdentitiesResponse><ListIdentitiesResult><Identities>" .. inside
    .. "</Identities></ListIdentitiesResult></ListIdentitiesResponse>"
end

-- The answers that the specs below break: v1 and v2, results and errors.
local function good_answers()
  local answers = {}
  for _, pair in ipairs {
    { "ses", "GetIdentityMailFromDomainAttributes" }, { "ses", "DescribeReceiptRule" },
    { "ses", "GetSendStatistics" }, { "sesv2", "GetEmailIdentity" }, { "sesv2", "GetAccount" },
    { "sts", "AssumeRole" }, { "sso_oidc", "CreateToken" },
  } do
    local op = core.operation(pair[1], pair[2])
    answers[#answers + 1] = { pair[1], pair[2], responses.result(pair[1], pair[2],
      samples.of(pair[1], op.output, false)) }
  end
  for _, trio in ipairs {
    { "ses", "CloneReceiptRuleSet", "RuleSetDoesNotExistException" },
    { "sesv2", "SendEmail", "MessageRejected" },
  } do
    answers[#answers + 1] = { trio[1], trio[2], responses.fault(trio[1], trio[3],
      samples.of(trio[1], trio[3], false)) }
  end
  return answers
end

-- For every type, JSON that is of none such.
local wrong_json = {
  structure = { 5, "x", true, json_text.list { 1 } },
  list = { 5, "x", true, { a = 1 } },
  map = { 5, "x", true, json_text.list { 1 } },
  string = { 5, true, {}, json_text.list { "x" } },
  blob = { 5, true, {}, "!", "Zg", "Zg==Zg==" },
  boolean = { 1, 0, "true", {} },
  integer = { "5", true, {}, 1.5, 2 ^ 54, 1e300 },
  long = { "5", true, {}, 1.5, 2 ^ 54, 1e300 },
  double = { "x", true, {}, "1e999" },
  timestamp = { "x", true, {}, 1e300, -1e12, "2015-13-01T00:00:00Z" },
}

-- The same for text in XML; {} stands for an element where text should be.
local wrong_xml = {
  string = { {} }, blob = { {}, "!", "Zg" }, boolean = { {}, "maybe", "", "TRUE" },
  integer = { {}, "", "x", "1.5", "1e3", "9007199254740992", "99999999999999999999", "0x10" },
  double = { {}, "", "x", "1,5", "1e999", "0x10", "1.2.3", "inf", "nan" },
  timestamp = { {}, "", "x", "2015-08-30", "1440938160", "2015-13-01T00:00:00Z" },
}
wrong_xml.long = wrong_xml.integer

describe("core.decode of hostile responses", function()
  it("names every place of a JSON answer that holds another type", function()
    local problems, tried = {}, 0
    for _, service in ipairs { "sesv2", "sso", "sso_oidc" } do
      for _, name in ipairs(core.service(service).operations) do
        local op = core.operation(service, name)
        local sample = op.output and samples.of(service, op.output, false) or {}
        local body = op.output and samples.plain(service, op.output, sample) or {}
        for _, place in ipairs(op.output and walk.places(service, op.output, body) or {}) do
          for _, value in ipairs(wrong_json[place.shape.type]) do
            place.set(value)
            tried = tried + 1
            local result, err = decode(service, name, { body = json_text.encode(body) })
            if result or err.kind ~= "decode" or err.path ~= place.path then
              problems[#problems + 1] = ("%s.%s %s: %s gives %s"):format(service, name,
                place.path, json_text.encode(value), result and "a result" or tostring(err.path))
            end
          end
          place.set(place.value)
        end
      end
    end
    assert.same({}, problems)
    assert.truthy(tried > 3000)
  end)

  it("names every place of an XML answer that holds another type", function()
    local problems, tried = {}, 0
    for _, service in ipairs { "ses", "sts" } do
      for _, name in ipairs(core.service(service).operations) do
        local op = core.operation(service, name)
        local sample = op.output and samples.of(service, op.output, false) or {}
        for _, place in ipairs(op.output and walk.places(service, op.output, sample) or {}) do
          for _, value in ipairs(wrong_xml[place.shape.type] or {}) do
            place.set(place.shape.type == "string" and "@@" or place.value)
            local text = value == "" and "" or type(value) == "table" and "<a/>" or value
            local body = responses.result_with(service, name, sample, place, text)
            tried = tried + 1
            local result, err = decode(service, name, { body = body })
            if result or err.kind ~= "decode" or err.path ~= place.path then
              problems[#problems + 1] = ("%s.%s %s: %s gives %s"):format(service, name,
                place.path, text, result and "a result" or tostring(err.path or err.message))
            end
          end
          place.set(place.value)
        end
      end
    end
    assert.same({}, problems)
    assert.truthy(tried > 300)
  end)

  it("reads no prefix of an answer as an answer", function()
    for _, answer in ipairs(good_answers()) do
      local service, name, response = answer[1], answer[2], answer[3]
      for n = 0, #response.body - 1 do
        local result, err = decode(service, name, { status = response.status,
          body = response.body:sub(1, n) })
        if result or err.kind ~= "decode" then
          error(("%s.%s: %d bytes of %s are taken"):format(service, name, n, response.body))
        end
      end
    end
  end)

  it("survives flipped bits", function()
    local r, kinds = random.new(99), {}
    for _, answer in ipairs(good_answers()) do
      local service, name, response = answer[1], answer[2], answer[3]
      for _ = 1, 1500 do
        local body = response.body
        for _ = 1, r:int(1, 3) do
          local at = r:int(1, #body)
          local flipped = (body:byte(at) + 2 ^ r:int(0, 7)) % 256
          body = body:sub(1, at - 1) .. string.char(flipped) .. body:sub(at + 1)
        end
        local result, err = decode(service, name, { status = response.status, body = body,
          headers = response.headers })
        local kind = result and "result" or err.kind
        kinds[kind] = true
        if err and type(err) == "table" and err.kind == "decode" then
          assert.truthy(err.path or err.offset or err.message:find "^expected the element"
            or err.message:find "^HTTP %d+ without" or err.message:find "^expected an? "
            or err.message:find "^not XML", err.message)
        end
      end
    end
    assert.same({ result = true, service = true, decode = true }, kinds)
  end)

  it("refuses XML that would grow, nest or never end", function()
    local laughs = { '<!DOCTYPE l [<!ENTITY l0 "ha">' }
    for i = 1, 20 do
      laughs[#laughs + 1] = ('<!ENTITY l%d "%s">'):format(i, ("&l" .. i - 1 .. ";"):rep(10))
    end
    laughs = table.concat(laughs) .. "]>"
    local doctype = "not XML: a document type declaration is not allowed"
    for _, prolog in ipairs {
      laughs, "<!DOCTYPE a>", '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/">]>',
      '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///dev/zero">%p;]>',
      '<?xml version="1.0"?><!DOCTYPE a [<!ATTLIST a b CDATA "c">]>',
    } do
      assert.equal(doctype,
        problem("ses", "ListIdentities", prolog .. v1 "<member>&l20;&x;</member>").message)
    end
    assert.equal("not XML: undefined entity",
      problem("ses", "ListIdentities", v1 "<member>&nbsp;</member>").message)
    for _, depth in ipairs { 65, 10000, 1000000 } do
      local err = problem("ses", "ListIdentities", ("<a>"):rep(depth))
      assert.equal("not XML: elements nested too deeply", err.message)
      assert.equal(64 * 3, err.offset)
    end
    local err = problem("ses", "ListIdentities", v1(("<member/>"):rep(1000000)))
    assert.equal("not XML: too many elements", err.message)
  end)

  it("reads many elements, short of too many", function()
    local result = assert(decode("ses", "ListIdentities",
      { body = v1(("<member>a</member>"):rep(100000)) }))
    assert.equal(100000, #result.Identities)
    result = assert(decode("sesv2", "ListEmailIdentities",
      { body = '{"EmailIdentities":[' .. ('{"IdentityName":"a"},'):rep(99999) .. "{}]}" }))
    assert.equal(100000, #result.EmailIdentities)
  end)

  it("refuses JSON that nests", function()
    for _, text in ipairs { "[", '{"a":', '{"Tags":[' } do
      for _, depth in ipairs { 65, 10000, 1000000 } do
        local err = problem("sesv2", "GetEmailIdentity", text:rep(depth))
        assert.truthy(err.message:find("nested", 1, true), err.message)
        assert.truthy(err.offset < 1000)
      end
    end
  end)

  it("refuses what is not the document it should be", function()
    for _, body in ipairs {
      "", " ", "\n", "OK", "null", "true", "5", '"text"', "[]", "[{}]", " [ ] ", "{}{}", "{} x",
      "<html><body>proxy</body></html>", "{'a':1}", "{a:1}", '{"a":01}', '{"a":0x10}',
      '{"a":NaN}', '{"a":-Infinity}', '{"a":1,}', '{"a":"\1"', "\239\187\191{}", "\255\254{\0}\0",
      '{"EnforcementStatus":"\\ud800"}', '{"EnforcementStatus":"\\udc00\\ud800"}',
      '{"EnforcementStatus":"\\x41"}', '{"EnforcementStatus":"\237\160\128"}',
      '{"EnforcementStatus":"\192\175"}', '{"EnforcementStatus":"a\0', "\0",
      '{"SendQuota":{"Max24HourSend":1e999}}', '{"SendQuota":{"Max24HourSend":-1e999}}',
      '{"SendQuota":[]',
    } do
      problem("sesv2", "GetAccount", body)
    end
    for _, body in ipairs {
      "", " ", "OK", "{}", "<", "<ListIdentitiesResponse", "<html><br></html>", "<html/>",
      v1 "\255", v1 "\0", v1 "<member>\1</member>", v1 "&#0;", v1 "&#xFFFF;", v1 "&#xD800;",
      v1 "\237\160\128", v1 "<member a=1/>", v1 "<member a='1' a='2'/>", v1 "]]>", v1 "" .. "x",
      v1 "" .. v1 "", "<?xml version='1.0' encoding='EBCDIC-CP-XX'?>" .. v1 "",
      "<SendEmailResponse/>", "<ListIdentitiesResponse/>", "<ErrorResponse/>",
    } do
      problem("ses", "ListIdentities", body)
    end
  end)

  it("takes the last of duplicate keys, and lists of one name", function()
    local result = decode("sesv2", "GetAccount",
      { body = '{"EnforcementStatus":"a","EnforcementStatus":"b"}' })
    assert.equal("b", result.EnforcementStatus)
    result = decode("ses", "ListIdentities", { body = v1 "<member>a</member></Identities>"
      .. "<Identities><member>b</member>" })
    assert.is_nil(result)
    result = decode("ses", "ListIdentities", { body =
      "<ListIdentitiesResponse><ListIdentitiesResult><NextToken>a</NextToken><NextToken>b"
      .. "</NextToken></ListIdentitiesResult></ListIdentitiesResponse>" })
    assert.equal("b", result.NextToken)
  end)

  it("reads headers that are odd", function()
    for _, headers in ipairs {
      { [1] = "x" }, { ["x-amzn-requestid"] = 5 }, { ["x-amzn-requestid"] = {} },
      { [true] = false }, { ["x-amzn-errortype"] = ("x"):rep(1000000) },
      { ["x-amzn-errortype"] = "\255\0\1" },
    } do
      local handle = core.handle("sesv2", "GetAccount")
      assert.same({}, (core.decode(handle, 200, headers, "{}")))
      local result, err = core.decode(handle, 500, headers, "{}")
      assert.is_nil(result)
      assert.equal(headers["x-amzn-errortype"] and "service" or "decode", err.kind)
    end
    local function never() error("a metamethod ran") end
    local odd = setmetatable({}, { __index = never, __len = never, __pairs = never })
    assert.same({}, (core.decode(core.handle("sesv2", "GetAccount"), 200, odd, "{}")))
  end)

  it("shows no more than 256 bytes of a large answer", function()
    local err = problem("sesv2", "ListDedicatedIpPools", ("<html>"):rep(3000000))
    assert.truthy(#err.excerpt <= 256 and #err.excerpt > 250)
    assert.truthy(#err.message < 200)
    err = problem("ses", "ListIdentities", "<" .. ("n"):rep(2 ^ 22) .. "/>")
    assert.truthy(#err.message < 200)
  end)

  it("keeps no memory of them #resident", function()
    local function resident()
      local file = io.open("/proc/self/statm")
      if not file then return 0 end
      local pages = file:read("*l"):match("^%d+ (%d+)")
      file:close()
      return tonumber(pages) * 4 -- KB
    end
    local answers = good_answers()
    local function rounds(n)
      for _ = 1, n do
        for _, answer in ipairs(answers) do
          local body = answer[3].body
          decode(answer[1], answer[2], answer[3])
          decode(answer[1], answer[2], { body = body:sub(1, math.floor(#body / 2)) })
          decode(answer[1], answer[2], { body = body:gsub("a", "\255", 1) })
          decode(answer[1], answer[2], { body = "<!DOCTYPE a>" .. body, status = 500 })
        end
      end
      collectgarbage()
      collectgarbage()
      return collectgarbage "count"
    end
    local count = rounds(50)
    local memory = resident()
    assert.truthy(rounds(400) - count < 64)
    -- A leak of a hundred bytes a call would be 1.4 MB.
    assert.truthy(resident() - memory < 1024)
  end)

  it("gives back what a large document needed #resident", function()
    local function resident()
      local file = io.open("/proc/self/statm")
      if not file then return 0 end
      local pages = file:read("*l"):match("^%d+ (%d+)")
      file:close()
      return tonumber(pages) * 4
    end
    local function once()
      decode("ses", "ListIdentities", { body = v1(("<member>a</member>"):rep(400000)) })
      collectgarbage()
      collectgarbage()
    end
    once()
    local before = resident()
    for _ = 1, 4 do once() end
    assert.truthy(resident() - before < 30 * 1024)
  end)
end)
