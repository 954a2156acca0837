-- AWS's protocol tests, requests and responses: every case passes, or is in
-- protocol_excluded.lua with the reason why it does not.

local cjson = require "cjson"
local excluded = require "spec.conformance.protocol_excluded"
local protocol = require "spec.support.protocol"
local vectors = require "spec.support.vectors"
local wire = require "spec.support.wire"

-- What the suites' clients leave to the transport.
local left_to_transport = { ["content-length"] = true }

local function fail(text, ...)
  error({ failed = text:format(...) }, 0)
end

local function check(what, wanted, found)
  local same, where = protocol.equal(wanted, found)
  if not same then fail("%s: %s", what, where) end
end

-- JSON as protocol.equal takes it, null being cjson's.
local function plain(value)
  if value == vectors.null then return cjson.null end
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, item in pairs(value) do copy[name] = plain(item) end
  return copy
end

-- The suites write the floats that JSON lacks as text.
local specials = { NaN = 0 / 0, Infinity = 1 / 0, ["-Infinity"] = -1 / 0 }

local function specialized(core, service, shape_name, value)
  local shape = core.shape(service, shape_name)
  if shape.type == "double" then
    local special = specials[value]
    return special == nil and value or special
  elseif type(value) ~= "table" then
    return value
  end
  local copy = {}
  for _, member in ipairs(shape.type == "structure" and shape.members or {}) do
    local item = value[member.name]
    if item ~= nil then copy[member.name] = specialized(core, service, member.shape, item) end
  end
  local element = shape.member or shape.value
  for key, item in pairs(element and value or {}) do
    copy[key] = specialized(core, service, element.shape, item)
  end
  return copy
end

local function check_body(body, wanted, media_type)
  if wanted == nil then return end
  if wanted == "" then return check("body", wanted, body or "") end
  if media_type == "application/x-www-form-urlencoded" then
    check("form", wire.pairs(wanted), wire.pairs(body or ""))
  elseif media_type == "application/json" then
    check("JSON", cjson.decode(wanted), cjson.decode(body))
  else
    check("body", wanted, body)
  end
end

local function check_headers(headers, serialized)
  for name, value in pairs(serialized.headers or {}) do
    local found = headers[name:lower()]
    if name:lower() == "content-type" then
      value, found = wire.media_type(value), wire.media_type(found)
    end
    check(name, value, found)
  end
  for _, name in ipairs(serialized.requireHeaders or {}) do
    if not headers[name:lower()] and not left_to_transport[name:lower()] then
      fail("no %s", name)
    end
  end
  for _, name in ipairs(serialized.forbidHeaders or {}) do
    if headers[name:lower()] then fail("%s: %s", name, headers[name:lower()]) end
  end
end

local function check_request(core, case)
  local params, serialized = plain(case.given.params), case.given.serialized
  local handle = assert(core.handle(case.service, case.operation))
  local input = core.operation(case.service, case.operation).input
  if input then params = specialized(core, case.service, input, params) end
  local request, faults = core.encode(handle, params)
  if not request then fail("refused: %s", faults[1].message) end
  local origin, host, base = (case.base or "https://example.com"):match("^(%a+://([^/]+))(.*)$")
  local signed = assert(core.sign(request,
    { origin = origin, host = host, path = (base:gsub("/$", "")) }, "us-east-1", "service", nil, 0))
  local path, query = wire.split(signed.url:sub(#origin + 1))
  local wanted_path, wanted_query = wire.split(serialized.uri)
  check("method", serialized.method, signed.method)
  check("path", wanted_path, path)
  check("query", wire.pairs(wanted_query), wire.pairs(query))
  if serialized.host then
    check("host", (serialized.host:match("^[^/]+")), signed.headers.Host)
  end
  local headers = wire.lower(signed.headers)
  check_headers(headers, serialized)
  check_body(signed.body, serialized.body, wire.media_type(headers["content-type"]))
end

-- What a service error holds of the members that the suite lists.
local function check_error(err, case)
  local wanted = plain(case.error)
  check("kind", "service", err.kind)
  check("code", case.errorCode, err.code)
  if case.errorMessage then check("message", case.errorMessage, err.message) end
  wanted.message, wanted.Message = nil, nil
  check("details", wanted, err.details or {})
end

local function check_response(core, case)
  local response = case.given.response
  local result, err = core.decode(assert(core.handle(case.service, case.operation)),
    response.status_code, wire.lower(response.headers or {}), response.body or "")
  if case.given.errorCode then
    if result then fail("no error") end
    return check_error(err, case.given)
  end
  if not result then fail("%s", err.message) end
  local output = core.operation(case.service, case.operation).output
  local wanted = plain(case.given.result)
  check("result", output and specialized(core, case.service, output, wanted) or wanted, result)
end

-- Nil where the case passes, or why it does not.
local function outcome(core, case)
  if case.refused then return case.refused end
  local run = case.suite:find("^input") and check_request or check_response
  local ok, problem = pcall(run, core, case)
  if ok then return nil end
  return type(problem) == "table" and problem.failed or tostring(problem)
end

describe("the protocol tests", function()
  if not vectors.root then
    it("pass", function()
      pending("SES_VECTORS is not set: 280 protocol tests are not run")
    end)
    return
  end

  local cases, core
  setup(function()
    cases, core = protocol.load()
  end)

  -- Cases that do not pass, "suite id: why", but those that are excluded.
  local function failing(accept)
    local found, count = {}, 0
    for _, case in ipairs(cases) do
      if accept(case) then
        count = count + 1
        local problem = outcome(core, case)
        if problem then found[#found + 1] = ("%s %s: %s"):format(case.suite, case.id, problem) end
      end
    end
    return found, count
  end

  local function is_excluded(case)
    return (excluded[case.suite] or {})[case.id] ~= nil
  end

  it("pass where they use only what SES's models use", function()
    local ids, wanted = vectors.json("protocol/ses-core-ids.json"), {}
    for suite, list in pairs(ids) do
      for _, id in ipairs(list) do wanted[suite .. " " .. id] = true end
    end
    local found, count = failing(function(case) return wanted[case.suite .. " " .. case.id] end)
    assert.same({}, found)
    assert.equal(92, count)
  end)

  -- The case of that id, and its handle.
  local function case_of(suite, id)
    for _, case in ipairs(cases) do
      if case.suite == suite and case.id == id then
        return assert(core.handle(case.service, case.operation))
      end
    end
  end

  it("have recursive shapes, whose params end", function()
    local deep, itself = {}, {}
    local inner = deep
    for _ = 1, 10000 do
      inner.nested = { recursiveMember = {} }
      inner = inner.nested.recursiveMember
    end
    itself.nested = { recursiveMember = itself }
    for _, params in ipairs { deep, itself } do
      local request, faults =
        core.encode(case_of("input/rest-json", "RestJsonRecursiveShapes"), { nested = params })
      assert.is_nil(request)
      assert.same({ 1, "depth" }, { #faults, faults[1].rule })
      assert.truthy(faults[1].path:find "^nested%.nested%.recursiveMember%.nested%.")
      assert.truthy(#faults[1].path < 512)
    end
    inner = {}
    for _ = 1, 30 do inner = { nested = { recursiveMember = inner } } end
    assert.truthy(core.encode(case_of("input/rest-json", "RestJsonRecursiveShapes"),
      { nested = inner }))
  end)

  it("have recursive shapes, whose results end", function()
    local json, xml = "{}", ""
    for _ = 1, 100 do
      json = '{"nested":{"recursiveMember":' .. json .. "}}"
      xml = "<nested><recursiveMember>" .. xml .. "</recursiveMember></nested>"
    end
    for _, answer in ipairs {
      { "output/rest-json", "RestJsonRecursiveShapes", '{"nested":' .. json .. "}" },
      { "output/query", "QueryRecursiveShapes", "<RecursiveXmlShapesResponse>"
        .. "<RecursiveXmlShapesResult><nested>" .. xml .. "</nested></RecursiveXmlShapesResult>"
        .. "</RecursiveXmlShapesResponse>" },
    } do
      local result, err = core.decode(case_of(answer[1], answer[2]), 200, {}, answer[3])
      assert.is_nil(result)
      assert.equal("decode", err.kind)
      assert.truthy(err.message:find("nested", 1, true))
    end
  end)

  it("pass where they are not excluded", function()
    local found, count = failing(function(case) return not is_excluded(case) end)
    assert.same({}, found)
    local listed = 0
    for _, ids in pairs(excluded) do
      for _ in pairs(ids) do listed = listed + 1 end
    end
    assert.equal(280, count + listed)
  end)

  it("are excluded only where they do not pass", function()
    local passing, known = {}, {}
    for _, case in ipairs(cases) do
      known[case.suite .. " " .. case.id] = true
      if is_excluded(case) and not outcome(core, case) then
        passing[#passing + 1] = case.suite .. " " .. case.id
      end
    end
    assert.same({}, passing)
    for suite, ids in pairs(excluded) do
      for id in pairs(ids) do
        assert.truthy(known[suite .. " " .. id], "there is no case " .. id)
      end
    end
  end)
end)
