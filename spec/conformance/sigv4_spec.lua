-- The signing suite: canonical request, string to sign, signature and signed
-- request of every case, in the headers and in the query.

local core = require "ses.core"
local suite = require "spec.support.sigv4_suite"
local vectors = require "spec.support.vectors"
local wire = require "spec.support.wire"

local lines = suite.lines

local function with(headers, ...)
  local copy = {}
  for i, pair in ipairs(headers) do copy[i] = pair end
  for _, pair in ipairs { ... } do copy[#copy + 1] = pair end
  return copy
end

local function check_steps(case, form, found)
  local function wanted(name) return case.file(form .. "-" .. name) end
  assert.equal(wanted "canonical-request", found.canonical_request, case.name)
  assert.equal(wanted "string-to-sign", found.string_to_sign, case.name)
  assert.equal(wanted "signature", found.signature, case.name)
end

local function token_of(case)
  return case.context.credentials.token
end

describe("the signing suite", function()
  if not vectors.root then
    it("is met", function()
      pending("SES_VECTORS is not set: 38 cases of the signing suite are not run")
    end)
    return
  end

  local cases = suite.cases "sigv4/v4"

  it("has its cases", function()
    assert.equal(38, #cases)
  end)

  for _, case in ipairs(cases) do
    it("is met in the headers by " .. case.name, function()
      local given = suite.header_form(case)
      local found = assert(core.sigv4(given))
      check_steps(case, "header", found)
      local signed = suite.parse(case.file "header-signed-request")
      local late = case.context.omit_session_token
        and { "X-Amz-Security-Token", token_of(case) } or nil
      assert.same(lines(signed.headers),
        lines(with(given.headers, { "Authorization", found.authorization }, late)))
      assert.equal(signed.body, case.request.body)
    end)

    it("is met in the query by " .. case.name, function()
      local found = assert(core.sigv4(suite.query_form(case)))
      check_steps(case, "query", found)
      local signed = suite.parse(case.file "query-signed-request")
      local query = found.query
      if case.context.omit_session_token then
        query = query .. "&X-Amz-Security-Token=" .. core.encode_percent(token_of(case))
      end
      assert.same(wire.pairs(signed.query), wire.pairs(query))
      assert.equal(signed.path, case.request.path)
    end)
  end

  it("is met by core.sign and core.presign where a map can hold the headers", function()
    local count = 0
    for _, case in ipairs(cases) do
      local request, endpoint, credentials = suite.expressible(case)
      if request then
        count = count + 1
        local presigned = assert(core.presign(request, endpoint, case.context.region,
          case.context.service, credentials, case.time, case.context.expiration_in_seconds))
        local _, query = suite.target(presigned, endpoint)
        assert.equal(case.file "query-signature", query:match("X%-Amz%-Signature=(%x+)$"))
        if case.context.sign_body then
          request.headers["x-amz-content-sha256"] = core.sha256(request.body)
        end
        local signed = assert(core.sign(request, endpoint, case.context.region,
          case.context.service, credentials, case.time))
        if case.context.omit_session_token then
          signed.headers["X-Amz-Security-Token"] = token_of(case)
        end
        local wanted = suite.parse(case.file "header-signed-request")
        assert.same(lines(wanted.headers), lines(signed.headers), case.name)
        assert.equal(wanted.path .. "?" .. wanted.query,
          table.concat({ suite.target(signed, endpoint) }, "?"))
      end
    end
    assert.equal(28, count)
  end)

  it("is met where a path is encoded twice", function()
    local names = {}
    for _, case in ipairs(suite.cases "sigv4-double-encoding") do
      names[#names + 1] = case.name
      local host = suite.header(case.request.headers, "host")
      local _, region, service = case.file("header-signed-request"):match(
        "Credential=[^/]+/(%d+)/([^/]+)/([^/]+)/")
      local found = assert(core.sigv4 {
        method = case.request.method, path = case.request.path, query = "", body = "",
        headers = { { "host", host }, { "x-amz-date", "20210511T154045Z" } },
        time = "20210511T154045Z", region = region, service = service,
        access_key_id = "AKIDEXAMPLE",
        secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      })
      assert.equal((case.file("header-canonical-request"):gsub("\n$", "")),
        found.canonical_request)
      local wanted = case.file "header-string-to-sign"
      if wanted then
        assert.equal((wanted:gsub("\n$", "")), found.string_to_sign)
        assert.equal(case.file("header-signed-request"):match("Signature=(%x+)"), found.signature)
      end
    end
    assert.same({ "double-encode-path", "double-url-encode" }, names)
  end)
end)
