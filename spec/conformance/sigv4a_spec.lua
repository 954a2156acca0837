-- The signing suite of SigV4A. Its signatures are random, so that they are
-- verified: AWS's by the core, and the core's with AWS's public keys.

local core = require "ses.core"
local suite = require "spec.support.sigv4_suite"
local vectors = require "spec.support.vectors"
local wire = require "spec.support.wire"

local function is_verified(case, text, signature)
  return core.verify_sigv4a(case.public_key.X, case.public_key.Y, text, signature)
end

-- What a signed request says, without its signature; and that.
local function apart(text)
  local signature = text:match("Signature=(%x+)")
  return (text:gsub("Signature=%x+", "Signature=")), signature
end

local function check_steps(case, form, found)
  local text = case.file(form .. "-string-to-sign")
  assert.equal(case.file(form .. "-canonical-request"), found.canonical_request)
  assert.equal(text, found.string_to_sign)
  assert.is_true(is_verified(case, text, case.file(form .. "-signature")))
  assert.is_true(is_verified(case, text, found.signature))
end

-- A signed request of the suite and one of the core's, as text, differ by
-- signatures that are both right.
local function check_signed(case, form, theirs, ours)
  local text = case.file(form .. "-string-to-sign")
  local their_rest, their_signature = apart(theirs)
  local our_rest, our_signature = apart(ours)
  assert.equal(their_rest, our_rest)
  assert.is_true(is_verified(case, text, their_signature))
  assert.is_true(is_verified(case, text, our_signature))
end

local function late_token(case)
  return case.context.omit_session_token and case.context.credentials.token or nil
end

-- The suite adds parameters in an order of its own.
local function parameters(query)
  return table.concat(wire.pairs(query), "\n")
end

local function headers(given)
  return table.concat(suite.lines(given), "\n")
end

describe("the signing suite of SigV4A", function()
  if not vectors.root then
    it("is met", function()
      pending("SES_VECTORS is not set: 38 cases of the signing suite are not run")
    end)
    return
  end

  local cases, incomplete = {}, {}
  for _, case in ipairs(suite.cases "sigv4/v4a") do
    if case.public_key then
      cases[#cases + 1] = case
    else
      incomplete[#incomplete + 1] = case.name
    end
  end

  it("has its cases, and two without an outcome", function()
    assert.equal(38, #cases)
    assert.same({ "get-vanilla-query-order-key", "get-vanilla-query-order-value" }, incomplete)
  end)

  for _, case in ipairs(cases) do
    it("has the public key of " .. case.name, function()
      local x, y = core.sigv4a_public_key(case.context.credentials.access_key_id,
        case.context.credentials.secret_access_key)
      assert.same({ case.public_key.X, case.public_key.Y }, { x, y })
    end)

    it("is met in the headers by " .. case.name, function()
      local given = suite.header_form(case)
      local found = assert(core.sigv4(given))
      check_steps(case, "header", found)
      given.headers[#given.headers + 1] = { "Authorization", found.authorization }
      if late_token(case) then
        given.headers[#given.headers + 1] = { "X-Amz-Security-Token", late_token(case) }
      end
      local signed = suite.parse(case.file "header-signed-request")
      check_signed(case, "header", headers(signed.headers), headers(given.headers))
    end)

    it("is met in the query by " .. case.name, function()
      local found = assert(core.sigv4(suite.query_form(case)))
      check_steps(case, "query", found)
      local query = found.query
      if late_token(case) then
        query = query .. "&X-Amz-Security-Token=" .. core.encode_percent(late_token(case))
      end
      local signed = suite.parse(case.file "query-signed-request")
      check_signed(case, "query", parameters(signed.query), parameters(query))
    end)
  end

  it("is met by core.sign and core.presign where a map can hold the headers", function()
    local count = 0
    for _, case in ipairs(cases) do
      local request, endpoint, credentials = suite.expressible(case)
      if request then
        count = count + 1
        local presigned = assert(core.presign(request, endpoint, "not-in-the-scope",
          case.context.service, credentials, case.time, case.context.expiration_in_seconds))
        local _, query = suite.target(presigned, endpoint)
        assert.is_true(is_verified(case, case.file "query-string-to-sign",
          query:match("X%-Amz%-Signature=(%x+)$")))
        if case.context.sign_body then
          request.headers["x-amz-content-sha256"] = core.sha256(request.body)
        end
        local signed = assert(core.sign(request, endpoint, "not-in-the-scope",
          case.context.service, credentials, case.time))
        if late_token(case) then
          signed.headers["X-Amz-Security-Token"] = late_token(case)
        end
        local wanted = suite.parse(case.file "header-signed-request")
        check_signed(case, "header", headers(wanted.headers), headers(signed.headers))
        assert.equal(wanted.path .. "?" .. wanted.query,
          table.concat({ suite.target(signed, endpoint) }, "?"))
      end
    end
    assert.equal(28, count)
  end)
end)
