-- What is common to clients on all transports: operations of both APIs, their
-- results and errors.
--
-- See spec.support.client_contract.

local answers = require "spec.support.interop.conversation_answers"
local assert = require "luassert"
local cases = require "spec.support.cases"
local contract = require "spec.support.client_contract"
local conversation = require "spec.support.interop.conversation"
local failed = require("spec.support.emulator_host").failed
local ses = require "ses"
local steps_of = require "spec.support.interop.steps"

return function(_, it, given)
  it("hold the conversation that clients of all SDKs hold, and leave its messages", function()
    local host = { control = function(_, ...) return given.control(...) end }
    local steps = conversation.steps_of {}
    local heard = steps_of.own(host, steps, function(step, credentials)
      return given.client(step.service, { credentials = credentials })
    end)
    for i, step in ipairs(steps) do
      local ok, problem = pcall(answers.check, step, heard[i])
      assert.is_true(ok, step.it .. ": " .. cases.words(problem))
    end
    assert.same(answers.MESSAGES, answers.messages(given.control("GET", "mailbox").messages))
  end)

  it("tell of their answer, whatever it is", function()
    local v1, v2 = given.clients()
    for _, result in ipairs { ses.check(v1:get_send_quota()), ses.check(v2:get_account()) } do
      local metadata = result.ResponseMetadata
      assert.same({ 200, 0 }, { metadata.HTTPStatusCode, metadata.RetryAttempts })
      assert.truthy(metadata.RequestId:find("^%x+%-%x+%-%x+%-%x+%-%x+$"), metadata.RequestId)
      assert.truthy(metadata.HTTPHeaders.date:find(" GMT$"), metadata.HTTPHeaders.date)
    end
    local errs = {
      failed("InvalidParameterValue", "service", v1:set_identity_mail_from_domain {
        Identity = "nobody.example", MailFromDomain = "bounce.nobody.example" }),
      failed("NotFoundException", "service", v2:get_email_identity {
        EmailIdentity = "nobody.example" }),
    }
    for i, expected in ipairs {
      { "ses", "SetIdentityMailFromDomain", 400, 1, false, false },
      { "sesv2", "GetEmailIdentity", 404, 1, false, false },
    } do
      local err = errs[i]
      assert.same(expected, { err.service, err.operation, err.status, err.attempts, err.retryable,
                              err.ambiguous })
      assert.truthy(err.request_id:find("^%x+%-%x+%-%x+%-%x+%-%x+$"), err.request_id)
      assert.truthy(tostring(err):find(err.request_id, 1, true))
    end
  end)

  it("send nothing where their parameters are wrong", function()
    local sent = 0
    local v1 = given.client("ses", { hooks = { before = function() sent = sent + 1 end } })
    local err = failed("ParamValidation", "validation",
      v1:set_identity_mail_from_domain { Identity = 5, Domain = "example.com" })
    assert.equal(2, #err.details)
    assert.same({ 0, 0 }, { err.attempts, sent })
  end)

  it("are signed by a dry run, and not made", function()
    local v1 = given.client("ses")
    local request = ses.check(v1:verify_domain_identity({ Domain = "example.com" },
      { dry_run = true }))
    assert.same({}, given.control("GET", "identities").identities)
    assert.equal(200, assert(given.transport:send(request)).status)
    assert.equal("example.com", given.control("GET", "identities").identities[1].name)
  end)

  it("carry what no connection takes at once", function()
    given.domain()
    local text = ("0123456789abcdef"):rep(16384) .. "\r\n"
    local raw = "From: a@example.com\r\nTo: b@example.org\r\nSubject: large\r\n\r\n" .. text:rep(3)
    local _, v2 = given.clients()
    ses.check(v2:send_email { Content = { Raw = { Data = raw } } })
    local found = given.control("GET", "mailbox").messages[1]
    assert.equal(#raw, found.size)
    assert.is_true(steps_of.blob(raw)["$base64"] == found.raw)
  end)

  it("are made for other regions and keys side by side", function()
    given.control("POST", "keys", { access_key_id = "AKIDOTHEREXAMPLE", secret_access_key = "s" })
    local others = given.client("sesv2", {
      region = "eu-west-1",
      credentials = { access_key_id = "AKIDOTHEREXAMPLE", secret_access_key = "s" },
    })
    given.domain()
    ses.check(others:create_email_identity { EmailIdentity = "example.org" })
    failed("NotFoundException", "service", others:get_email_identity {
      EmailIdentity = "example.com" })
    local wrong = given.client("sesv2", {
      credentials = { access_key_id = "AKIDOTHEREXAMPLE",
                      secret_access_key = contract.PAIR.secret_access_key } })
    assert.equal(403, failed("SignatureDoesNotMatch", "service", wrong:get_account()).status)
  end)
end
