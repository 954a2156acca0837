-- What a plan says, by either API.

local emulated = require "spec.support.emulated"
local ses = require "ses"

-- How an identity is set up, what is wanted, the action and its code. Set up: its
-- MAIL FROM domain, the status of that, the behavior, whether it is verified.
local CASES = {
  { "has none", {}, "bounce.a.example", nil, "create", "NotConfigured" },
  { "has none, and none is wanted", {}, false, nil, "keep", "AsWanted" },
  { "has none, in ses.null's words", {}, ses.null, nil, "keep", "AsWanted" },
  { "has it, pending", { "bounce.a.example" }, "bounce.a.example", nil, "keep", "AsWanted" },
  { "has it, in use", { "bounce.a.example", "SUCCESS" }, "bounce.a.example", nil, "keep",
    "AsWanted" },
  { "has it, for a time not found", { "bounce.a.example", "TEMPORARY_FAILURE" },
    "bounce.a.example", nil, "keep", "AsWanted" },
  { "has it, wanted in capitals with a dot", { "bounce.a.example", "SUCCESS" },
    "Bounce.A.example.", nil, "keep", "AsWanted" },
  { "has it, given up", { "bounce.a.example", "FAILED" }, "bounce.a.example", nil, "restart",
    "Failed" },
  { "has it, given up, with another behavior", { "bounce.a.example", "FAILED" },
    "bounce.a.example", { behavior = "REJECT_MESSAGE" }, "restart", "Failed" },
  { "has it with another behavior", { "bounce.a.example", "SUCCESS" }, "bounce.a.example",
    { behavior = "RejectMessage" }, "repair", "Behavior" },
  { "has it with a behavior that is not spoken of",
    { "bounce.a.example", "SUCCESS", "REJECT_MESSAGE" }, "bounce.a.example", nil, "keep",
    "AsWanted" },
  { "has it with the behavior", { "bounce.a.example", "SUCCESS", "REJECT_MESSAGE" },
    "bounce.a.example", { behavior = "REJECT_MESSAGE" }, "keep", "AsWanted" },
  { "has another", { "mail.a.example", "SUCCESS" }, "bounce.a.example", nil, "refuse",
    "ForeignMailFromDomain" },
  { "has another, given up", { "mail.a.example", "FAILED" }, "bounce.a.example", nil, "refuse",
    "ForeignMailFromDomain" },
  { "has another, with force", { "mail.a.example" }, "bounce.a.example", { force = true },
    "repair", "OtherMailFromDomain" },
  { "has another that is known", { "mail.a.example" }, "bounce.a.example",
    { known = { "x.example", "Mail.A.example." } }, "repair", "OtherMailFromDomain" },
  { "has another of a known beginning", { "mail.a.example" }, "bounce.a.example",
    { known = { "mail.*" } }, "repair", "OtherMailFromDomain" },
  { "has another, further down than a known beginning", { "x.mail.a.example" },
    "bounce.a.example", { known = { "mail.*" } }, "refuse", "ForeignMailFromDomain" },
  { "has one, and none is wanted", { "mail.a.example" }, false, nil, "disable", "Unwanted" },
  { "is not verified", { nil, nil, nil, false }, "bounce.a.example", nil, "unverified",
    "IdentityNotVerified" },
  { "is not verified, and none is wanted", { nil, nil, nil, false }, false, nil, "keep",
    "AsWanted" },
  { "is not there", false, "bounce.a.example", nil, "unknown", "IdentityNotFound" },
  { "is not there, and none is wanted", false, false, nil, "unknown", "IdentityNotFound" },
}

-- An emulator with an identity, and clients.
local function with_identity(state, name)
  local is_verified = not state or state[4] ~= false
  local emulator, v1, v2 = emulated.new { verify = is_verified and "auto" or "manual" }
  if state then
    assert(v2:create_email_identity { EmailIdentity = name })
    assert(not state[1] or v2:put_email_identity_mail_from_attributes {
      EmailIdentity = name, MailFromDomain = state[1], BehaviorOnMxFailure = state[3] })
    if state[2] then
      emulator:set_mail_from_status(name, state[2])
    end
  end
  return emulator, { ses = v1, sesv2 = v2 }
end

local function plan_of(client, wanted, opts)
  return assert(ses.mail_from.plan(client, wanted, opts))
end

local function note(change, code)
  for _, one in ipairs(change.notes) do
    if one.code == code then
      return one
    end
  end
end

for _, service in ipairs { "ses", "sesv2" } do
  describe("a plan by " .. service, function()
    for _, case in ipairs(CASES) do
      local title, state, domain, opts, action, code = case[1], case[2], case[3], case[4] or {},
        case[5], case[6]
      it("of an identity that " .. title, function()
        for _, identity in ipairs { "a.example", "Shop@A.example" } do
          local _, clients = with_identity(state, identity)
          local plan = plan_of(clients[service], {
            { identity = identity, mail_from_domain = domain, behavior = opts.behavior },
          }, { force = opts.force, known = opts.known })
          local change = plan.changes[1]
          assert.same({ action, code }, { change.action, change.code }, change.reason)
          assert.equal(1, plan.counts[action])
          local takes_call = action == "create" or action == "repair" or action == "restart"
            or action == "disable"
          assert.equal(takes_call and 1 or 0, plan.calls)
          assert.is_string(change.reason)
        end
      end)
    end

    it("tells what SES has", function()
      local _, clients = with_identity({ "mail.a.example", "SUCCESS", "REJECT_MESSAGE" },
        "a.example")
      local plan = plan_of(clients[service], { ["A.example"] = "bounce.a.example" })
      assert.same({ is_known = true, verification = "SUCCESS", domain = "mail.a.example",
                    status = "SUCCESS", behavior = "REJECT_MESSAGE" }, plan.changes[1].current)
      assert.equal("it has the MAIL FROM domain mail.a.example, which somebody else may depend on:"
        .. " name that in known, or use force", plan.changes[1].reason)
      assert.equal("MAIL FROM domains in us-east-1: refuse 1\n  a.example -> bounce.a.example:"
        .. " refuse, " .. plan.changes[1].reason, tostring(plan))
      plan = plan_of(clients[service], { ["A.example"] = "mail.a.example" })
      assert.equal("MAIL FROM domains in us-east-1: keep 1", tostring(plan))
      assert.equal("MAIL FROM domains in us-east-1: nothing is wanted",
        tostring(plan_of(clients[service], {})))
    end)

    it("says which addresses do not take their domain's setting", function()
      local _, _, v2 = emulated.new()
      local client = assert(ses.client(service, { transport = v2._context.transport }))
      for _, name in ipairs { "a.example", "shop@a.example", "bill@a.example", "sub.a.example",
                              "x@sub.a.example", "b.example", "info@b.example", "c.example",
                              "me@c.example" } do
        assert(v2:create_email_identity { EmailIdentity = name })
      end
      for name, domain in pairs { ["b.example"] = "m.b.example", ["c.example"] = "m.c.example",
                                  ["me@c.example"] = "m.c.example" } do
        assert(v2:put_email_identity_mail_from_attributes {
          EmailIdentity = name, MailFromDomain = domain })
      end
      local plan = plan_of(client, {
        { identity = "a.example", mail_from_domain = "bounce.a.example" },
        { identity = "shop@a.example", mail_from_domain = "mail.a.example" },
        { identity = "info@b.example", mail_from_domain = false },
        { identity = "me@c.example", mail_from_domain = "m.c.example" },
        { identity = "x@sub.a.example", mail_from_domain = "m.sub.a.example" },
        { identity = "nobody@a.example", mail_from_domain = "m.a.example" },
      })
      local a, shop, info = plan.changes[1], plan.changes[2], plan.changes[3]
      local me, x, nobody = plan.changes[4], plan.changes[5], plan.changes[6]
      assert.same({ "bill@a.example", "sub.a.example" }, note(a, "OverriddenBy").identities)
      assert.equal("shop@a.example is an identity of its own: its mail goes out with"
        .. " mail.a.example, and not with the setting of a.example, which is bounce.a.example",
        note(shop, "OverridesDomain").message)
      assert.equal("info@b.example is an identity of its own: its mail goes out with a MAIL FROM"
        .. " domain of amazonses.com, and not with the setting of b.example, which is m.b.example",
        note(info, "OverridesDomain").message)
      assert.is_nil(note(me, "OverridesDomain"))
      assert.truthy(note(x, "OverridesDomain").message:find("of sub.a.example, which is none"))
      assert.truthy(nobody.reason:find("goes by its domain's identity", 1, true))
      plan = plan_of(client, { ["a.example"] = false }, { overrides = false })
      assert.same({}, plan.changes[1].notes)
    end)

    it("speaks of no address and no domain that is not verified", function()
      for name, count in pairs { ["a.example"] = 0, ["me@a.example"] = 0, both = 1 } do
        local emulator, v1, v2 = emulated.new { verify = "manual" }
        assert(v2:create_email_identity { EmailIdentity = "a.example" })
        assert(v2:create_email_identity { EmailIdentity = "me@a.example" })
        emulator:verify(name == "both" and "a.example" or name)
        emulator:verify(name == "both" and "me@a.example" or name)
        local plan = plan_of(service == "ses" and v1 or v2,
          { ["a.example"] = "m.a.example", ["me@a.example"] = "n.a.example" })
        assert.equal(name == "a.example" and "unverified" or "create", plan.changes[2].action)
        assert.equal(count, #plan.changes[2].notes)
      end
    end)

    it("does without the list of identities where that is denied", function()
      local emulator, clients = with_identity({}, "a.example")
      emulator:faults { operation = service == "ses" and "ListIdentities" or "ListEmailIdentities",
                        code = "AccessDenied", status = 403, message = "no" }
      local plan = plan_of(clients[service], { ["a.example"] = "m.a.example" })
      assert.equal("create", plan.changes[1].action)
      assert.equal("IdentitiesNotListed", plan.notes[1].code)
      assert.truthy(plan.notes[1].message:find(": no$"))
    end)

    it("asks again where an answer fails for a time", function()
      local emulator, clients = with_identity({}, "a.example")
      emulator:faults { service = service, status = 500, code = "InternalFailure", count = 4,
                        operation = service == "ses" and "GetIdentityMailFromDomainAttributes"
                          or "GetEmailIdentity" }
      assert.equal("create",
        plan_of(clients[service], { ["a.example"] = "m.a.example" }).changes[1].action)
      emulator:faults { service = service, status = 500, code = "InternalFailure", count = 9,
                        operation = service == "ses" and "GetIdentityVerificationAttributes"
                          or "GetEmailIdentity" }
      local plan, err = ses.mail_from.plan(clients[service], { ["a.example"] = "m.a.example" })
      assert.is_nil(plan)
      assert.equal("InternalFailure", err.code)
      assert.equal(4, emulator:faults()[1].count)
    end)

    it("ends at refused credentials, with no plan", function()
      local emulator, clients = with_identity({}, "a.example")
      emulator:faults { service = service, count = 9, status = 403,
                        code = service == "ses" and "InvalidClientTokenId"
                          or "UnrecognizedClientException" }
      local plan, err = ses.mail_from.plan(clients[service], { ["a.example"] = "m.a.example" })
      assert.is_nil(plan)
      assert.equal(403, err.status)
    end)

    it("tells how far it has come, and ends where progress says so", function()
      local _, clients = with_identity({}, "a.example")
      local said = {}
      local wanted = { ["a.example"] = "m.a.example", ["b.example"] = "m.b.example" }
      plan_of(clients[service], wanted, { progress = function(done, total)
        said[#said + 1] = done .. "/" .. total
      end })
      assert.same(service == "ses" and { "2/2" } or { "1/2", "2/2" }, said)
      local plan, err = ses.mail_from.plan(clients[service], wanted,
        { progress = function() return false end })
      assert.is_nil(plan)
      assert.equal("ReadingStopped", err.code)
      plan, err = ses.mail_from.plan(clients[service], wanted,
        { progress = function() error("oh", 0) end })
      assert.is_nil(plan)
      assert.equal("progress raised an error: oh", err.message)
    end)
  end)
end

describe("a plan by API v2", function()
  local function denied(count)
    local emulator, clients = with_identity({}, "b.example")
    emulator:faults { operation = "GetEmailIdentity", code = "AccessDeniedException",
                      status = 403, message = "not this one", count = count }
    local wanted = {}
    for i, name in ipairs { "a1.example", "a2.example", "a3.example", "b.example" } do
      wanted[i] = { identity = name, mail_from_domain = "m." .. name }
    end
    return ses.mail_from.plan(clients.sesv2, wanted)
  end

  it("keeps what is denied for an identity with it", function()
    local plan = assert(denied(2))
    assert.same({ "error", "error", "unknown", "create" }, {
      plan.changes[1].action, plan.changes[2].action, plan.changes[3].action,
      plan.changes[4].action })
    assert.equal("AccessDeniedException", plan.changes[1].code)
    assert.equal("SES did not say what it has: not this one", plan.changes[1].reason)
    assert.equal(plan.changes[1].code, plan.changes[1].err.code)
  end)

  it("ends where all is denied", function()
    local plan, err = denied(9)
    assert.is_nil(plan)
    assert.equal("AccessDeniedException", err.code)
  end)
end)

describe("what a plan is asked for", function()
  local function changes_of(wanted, opts)
    local _, v1, v2 = emulated.new()
    for _, name in ipairs { "a.example", "b.example", "c.example" } do
      assert(v2:create_email_identity { EmailIdentity = name })
    end
    return plan_of(v1, wanted, opts).changes
  end

  it("keeps the order of a list, and sorts a map", function()
    local changes = changes_of {
      { identity = "c.example", mail_from_domain = "m.c.example" },
      { identity = "a.example", mail_from_domain = false },
      { identity = "b.example", mail_from_domain = "m.b.example", behavior = ses.null },
    }
    assert.same({ "c.example", "a.example", "b.example" },
      { changes[1].identity, changes[2].identity, changes[3].identity })
    assert.same({ "wanted[3]" }, changes[3].rows)
    changes = changes_of {
      ["c.example"] = false, ["a.example"] = "m.a.example",
      ["b.example"] = { mail_from_domain = "m.b.example", behavior = "RejectMessage" },
    }
    assert.same({ "a.example", "b.example", "c.example" },
      { changes[1].identity, changes[2].identity, changes[3].identity })
    assert.equal("REJECT_MESSAGE", changes[2].behavior)
    assert.same({ "wanted['b.example']" }, changes[2].rows)
  end)

  it("refuses values that will not do, each with its reason", function()
    local changes = changes_of {
      { identity = "a.example", mail_from_domain = "bounce" },
      { identity = "b.example" },
      { identity = "c.example", mail_from_domain = "m.c.example", behavior = "Reject\nMessage" },
      { identity = "no domain", mail_from_domain = "m.a.example" },
      { mail_from_domain = "m.a.example" },
      { identity = "d.example", mail_from_domain = 5 },
    }
    local codes = {}
    for i, change in ipairs(changes) do
      assert.equal("invalid", change.action)
      codes[i] = change.code
    end
    assert.same({ "Prefix", "NoMailFromDomain", "InvalidBehavior", "InvalidIdentity",
                  "InvalidIdentity", "NotAString" }, codes)
    assert.equal("'bounce' is only the first part of a name: give the full name, bounce.a.example",
      changes[1].reason)
    assert.equal("mail_from_domain is missing: give the full name, or false for none",
      changes[2].reason)
    assert.truthy(changes[3].reason:find("got 'Reject?Message'", 1, true))
    assert.equal("no domain", changes[4].identity)
  end)

  it("has one change for each identity, and tells of those named twice", function()
    local changes = changes_of {
      { identity = "a.example", mail_from_domain = "m.a.example" },
      { identity = "b.example", mail_from_domain = "m.b.example" },
      { identity = "A.example.", mail_from_domain = "M.a.example" },
      { identity = "B.example", mail_from_domain = "n.b.example" },
      { identity = "B.example", mail_from_domain = "m.b.example" },
      { identity = "Me@a.example", mail_from_domain = false },
      { identity = "me@a.example", mail_from_domain = false },
    }
    assert.equal(4, #changes)
    assert.equal("create", changes[1].action)
    assert.equal("wanted[3] says the same as wanted[1]", note(changes[1], "Duplicate").message)
    assert.same({ "invalid", "Contradiction" }, { changes[2].action, changes[2].code })
    assert.equal("wanted[2] and wanted[4] want different things of b.example: leave one of them"
      .. " out", changes[2].reason)
    -- What stands before an @ is not the same in another letter case.
    assert.same({ "Me@a.example", "me@a.example" }, { changes[3].identity, changes[4].identity })
  end)

  it("calls rows what their reader does", function()
    local row = { identity = "a.example", mail_from_domain = false }
    local changes = changes_of({ row, row, row }, { labels = { "line 2", "line 7" } })
    assert.same({ "line 2", "line 7", "wanted[3]" }, changes[1].rows)
    assert.equal("line 7 says the same as line 2", note(changes[1], "Duplicate").message)
  end)

  it("is a list or a map of what it knows, or it raises", function()
    local _, v1 = emulated.new()
    for message, wanted in pairs {
      ["wanted: expected a list, or a map by identity, got string"] = "a.example",
      ["wanted: expected a list, or a map by identity, and it is a mixture of both"] =
        { { identity = "a.example" }, ["b.example"] = false },
      ["wanted[1]: expected a table, got string"] = { "a.example" },
      ["unknown option 'wanted[1].domain'; did you mean 'mail_from_domain'?"] =
        { { identity = "a.example", domain = "m.a.example" } },
      ["wanted['true']: expected an identity as the key, got boolean"] = { [true] = false },
      ["wanted['a.example'].identity: the key names the identity"] =
        { ["a.example"] = { identity = "b.example" } },
    } do
      assert.has_error(function() ses.mail_from.plan(v1, wanted) end,
        "ses.mail_from.plan: " .. message)
    end
    for message, opts in pairs {
      ["known: expected a list such as {\"mail.*\"}, got string"] = { known = "mail.*" },
      ["known: the one at 1: expected a string, got number"] = { known = { 5 } },
      ["known: the one at 2: expected a domain, or one such as mail.* where * stands for the"
        .. " domain of the identity, got '*.a.example'"] = { known = { "mail.*", "*.a.example" } },
      ["force: expected a boolean, got number"] = { force = 1 },
    } do
      assert.has_error(function() ses.mail_from.plan(v1, {}, opts) end,
        "ses.mail_from.plan: " .. message)
    end
    assert.has_error(function() ses.mail_from.plan(nil, {}) end,
      "ses.mail_from.plan: expected a client, got nil")
  end)
end)

describe("a plan of many", function()
  it("reads a hundred in a call by API v1, at its pace", function()
    local emulator = ses.emulator.new { time = function() return emulated.TIME end }
    local transport = emulator:transport()
    local v1 = assert(ses.client("ses", { transport = transport, retry = { mode = "off" } }))
    local calls, send = {}, transport.send
    function transport:send(request, ...)
      local action = request.body:match("Action=(%w+)")
      calls[action] = (calls[action] or 0) + 1
      return send(self, request, ...)
    end
    local wanted = {}
    for i = 1, 250 do
      local name = ("d%d.example"):format(i)
      wanted[i] = { identity = name, mail_from_domain = "m." .. name }
    end
    assert.equal(250, plan_of(v1, wanted).counts.unknown)
    assert.same({ GetIdentityVerificationAttributes = 3, GetIdentityMailFromDomainAttributes = 3,
                  ListIdentities = 1 }, calls)
  end)

  it("is made by a client that keeps no pace, too", function()
    local emulator = ses.emulator.new { time = function() return emulated.TIME end }
    local v2 = assert(ses.client("sesv2",
      { transport = emulator:transport(), rate = false, retry = { mode = "off" } }))
    local wanted = {}
    for i = 1, 300 do
      wanted[("d%d.example"):format(i)] = false
    end
    assert.equal(300, plan_of(v2, wanted).counts.unknown)
  end)
end)
