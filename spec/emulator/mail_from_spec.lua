local emulated = require "spec.support.emulated"
local ses = require "ses"

local check = ses.check
local HOUR = 3600

local emulator, v1, v2

local function start(options)
  emulator, v1, v2 = emulated.new(options)
  check(v1:verify_domain_identity { Domain = "example.com" })
end

before_each(function()
  start()
end)

local function set(domain, behavior, identity)
  return v1:set_identity_mail_from_domain { Identity = identity or "example.com",
    MailFromDomain = domain, BehaviorOnMXFailure = behavior }
end

local function put(domain, behavior, identity)
  return v2:put_email_identity_mail_from_attributes { EmailIdentity = identity or "example.com",
    MailFromDomain = domain, BehaviorOnMxFailure = behavior }
end

local function get(identity)
  identity = identity or "example.com"
  return check(v1:get_identity_mail_from_domain_attributes { Identities = { identity } })
    .MailFromDomainAttributes[identity]
end

local function get_v2(identity)
  return check(v2:get_email_identity { EmailIdentity = identity or "example.com" })
    .MailFromAttributes
end

local UNSET = { BehaviorOnMXFailure = "UseDefaultValue" }
local UNSET_V2 = { BehaviorOnMxFailure = "USE_DEFAULT_VALUE" }

describe("a MAIL FROM domain", function()
  it("is pending once it is set, and the same in both APIs", function()
    check(set("bounce.example.com", "RejectMessage"))
    assert.same({ MailFromDomain = "bounce.example.com", MailFromDomainStatus = "Pending",
                  BehaviorOnMXFailure = "RejectMessage" }, get())
    assert.same({ MailFromDomain = "bounce.example.com", MailFromDomainStatus = "PENDING",
                  BehaviorOnMxFailure = "REJECT_MESSAGE" }, get_v2())
    check(put("mail.example.com", "USE_DEFAULT_VALUE"))
    assert.same({ MailFromDomain = "mail.example.com", MailFromDomainStatus = "Pending",
                  BehaviorOnMXFailure = "UseDefaultValue" }, get())
  end)

  it("falls back to the default where nothing is said", function()
    check(set("bounce.example.com"))
    assert.equal("UseDefaultValue", get().BehaviorOnMXFailure)
  end)

  it("is absent before it is set", function()
    assert.same(UNSET, get())
    assert.same(UNSET_V2, get_v2())
  end)

  it("is disabled by leaving it out, in both APIs", function()
    check(set("bounce.example.com", "RejectMessage"))
    check(set(nil))
    assert.same(UNSET, get())
    check(put("bounce.example.com"))
    check(put(nil))
    assert.same(UNSET_V2, get_v2())
  end)

  it("is disabled by an empty text as well", function()
    check(set("bounce.example.com"))
    check(set(""))
    assert.same(UNSET, get())
    check(put("bounce.example.com"))
    check(put(""))
    assert.same(UNSET_V2, get_v2())
  end)

  it("is not disabled by an empty text where that is assumed", function()
    start { assume = { empty_mail_from_domain = "reject" } }
    check(set("bounce.example.com"))
    assert.truthy(ses.is_error(select(2, set("")), "service", "InvalidParameterValue"))
    assert.equal("bounce.example.com", get().MailFromDomain)
  end)

  it("leaves the behavior as it was where that is assumed", function()
    start { assume = { behavior_after_disable = "keep" } }
    check(set("bounce.example.com", "RejectMessage"))
    check(set(nil))
    assert.same({ BehaviorOnMXFailure = "RejectMessage" }, get())
  end)

  it("comes back in lower case", function()
    check(set("Bounce.EXAMPLE.com"))
    assert.equal("bounce.example.com", get().MailFromDomain)
  end)

  it("goes with its identity", function()
    check(set("bounce.example.com"))
    check(v1:delete_identity { Identity = "example.com" })
    check(v1:verify_domain_identity { Domain = "example.com" })
    assert.same(UNSET, get())
  end)
end)

describe("a MAIL FROM domain is refused", function()
  local function refused(message, result, err)
    assert.is_nil(result)
    assert.equal(message, err.message)
    assert.equal(400, err.status)
    return err.code
  end

  -- What the live service says, brackets included.
  local function not_below(domain, identity)
    local text = "Provided MAIL-FROM domain <" .. domain
      .. "> is not subdomain of the domain of the identity <" .. identity .. ">."
    assert.equal("InvalidParameterValue", refused(text, set(domain, nil, identity)))
    assert.equal("BadRequestException", refused(text, put(domain, nil, identity)))
  end

  it("where it is the identity's own domain", function()
    not_below("example.com", "example.com")
    not_below("EXAMPLE.com", "example.com")
  end)

  it("where it is below the identity's parent only", function()
    check(v1:verify_domain_identity { Domain = "ses.dive.day" })
    not_below("mail.dive.day", "ses.dive.day")
  end)

  it("where it only ends like the identity", function()
    not_below("bounceexample.com", "example.com")
    not_below("bounce.example.org", "example.com")
  end)

  it("where it is not below the domain of the address", function()
    check(v1:verify_email_identity { EmailAddress = "ann@example.com" })
    not_below("example.com", "ann@example.com")
    not_below("bounce.example.org", "ann@example.com")
    check(set("bounce.example.com", nil, "ann@example.com"))
  end)

  it("where it is only a prefix or no domain", function()
    assert.equal("InvalidParameterValue", refused("Invalid MAIL-FROM domain <bounce>.",
                                                  set("bounce")))
    refused("Invalid MAIL-FROM domain <a b.example.com>.", set("a b.example.com"))
    local long = ("a"):rep(64) .. ".example.com"
    refused("Invalid MAIL-FROM domain <" .. long .. ">.", set(long))
  end)

  it("where the identity is not verified", function()
    start { verify = "manual" }
    local text = "Provided MAIL-FROM domain <bounce.example.com> or its parents are not verified"
      .. " for identity <example.com>."
    assert.equal("InvalidParameterValue", refused(text, set("bounce.example.com")))
    assert.equal("BadRequestException", refused(text, put("bounce.example.com")))
    check(set(nil))
    emulator:verify("example.com")
    check(set("bounce.example.com"))
  end)

  it("where the identity is unknown", function()
    local text = "Identity <example.org> does not exist."
    assert.equal("InvalidParameterValue", refused(text, set("b.example.org", nil, "example.org")))
    local _, err = put("b.example.org", nil, "example.org")
    assert.equal("NotFoundException", err.code)
    assert.equal(404, err.status)
    start { assume = { put_unknown_identity = "BadRequestException" } }
    assert.equal("BadRequestException",
                 refused(text, put("b.example.org", nil, "example.org")))
  end)

  it("where the behavior is none of the API's own", function()
    local head = "1 validation error detected: Value '"
    local tail = "' failed to satisfy constraint: Member must satisfy enum value set: "
    assert.equal("ValidationError", refused(head .. "REJECT_MESSAGE' at 'behaviorOnMXFailure"
      .. tail .. "[RejectMessage, UseDefaultValue]", set("b.example.com", "REJECT_MESSAGE")))
    assert.equal("BadRequestException", refused(head .. "RejectMessage' at 'behaviorOnMxFailure"
      .. tail .. "[REJECT_MESSAGE, USE_DEFAULT_VALUE]", put("b.example.com", "RejectMessage")))
  end)

  it("and what was set before stays", function()
    check(set("bounce.example.com", "RejectMessage"))
    set("bounce.example.org")
    assert.equal("bounce.example.com", get().MailFromDomain)
  end)
end)

describe("attributes", function()
  it("are those of the identities that exist, by the names that were asked for", function()
    check(set("bounce.example.com"))
    local found = check(v1:get_identity_mail_from_domain_attributes {
      Identities = { "Example.COM", "example.org", "ann@example.com" } }).MailFromDomainAttributes
    assert.same({ ["Example.COM"] = get() }, found)
  end)

  it("of an address are its own, not its domain's", function()
    check(set("bounce.example.com", "RejectMessage"))
    check(v1:verify_email_identity { EmailAddress = "ann@example.com" })
    assert.same(UNSET, get("ann@example.com"))
    check(set("ann.example.com", nil, "ann@example.com"))
    assert.equal("ann.example.com", get("ann@example.com").MailFromDomain)
    assert.equal("bounce.example.com", get().MailFromDomain)
  end)

  it("of more than a hundred identities are refused", function()
    local many = {}
    for i = 1, 101 do
      many[i] = "d" .. i .. ".com"
    end
    local _, err = v1:get_identity_mail_from_domain_attributes { Identities = many }
    assert.equal("ValidationError", err.code)
  end)

  it("of no identities are none", function()
    assert.same({}, check(v1:get_identity_mail_from_domain_attributes { Identities = {} })
      .MailFromDomainAttributes)
  end)
end)

describe("the status of a MAIL FROM domain", function()
  local function status()
    return get().MailFromDomainStatus
  end

  before_each(function()
    check(set("bounce.example.com"))
  end)

  it("fails after 72 hours of waiting", function()
    emulator:advance(72 * HOUR - 1)
    assert.equal("Pending", status())
    emulator:advance(1)
    assert.equal("Failed", status())
    assert.equal("FAILED", get_v2().MailFromDomainStatus)
  end)

  it("starts again when the domain is set again", function()
    emulator:advance(72 * HOUR)
    assert.equal("Failed", status())
    check(set("bounce.example.com"))
    assert.equal("Pending", status())
    emulator:advance(71 * HOUR)
    assert.equal("Pending", status())
  end)

  it("stays where only the behavior is set anew", function()
    emulator:set_mail_from_status("example.com", "Success")
    check(put("Bounce.example.com", "REJECT_MESSAGE"))
    assert.same({ MailFromDomain = "bounce.example.com", MailFromDomainStatus = "Success",
                  BehaviorOnMXFailure = "RejectMessage" }, get())
    check(set("other.example.com"))
    assert.equal("Pending", status())
  end)

  it("waits no longer where only the behavior is set anew", function()
    emulator:advance(71 * HOUR)
    check(set("bounce.example.com", "RejectMessage"))
    assert.equal("Pending", status())
    emulator:advance(HOUR)
    assert.equal("Failed", status())
  end)

  it("starts again after a temporary failure, or whenever that is assumed", function()
    emulator:set_mail_from_status("example.com", "TemporaryFailure")
    check(set("bounce.example.com"))
    assert.equal("Pending", status())
    start { assume = { same_mail_from_domain = "restart" } }
    check(set("bounce.example.com"))
    emulator:set_mail_from_status("example.com", "Success")
    check(set("bounce.example.com"))
    assert.equal("Pending", status())
  end)

  it("stays once it succeeded", function()
    emulator:set_mail_from_status("example.com", "Success")
    emulator:advance(1000 * HOUR)
    assert.equal("Success", status())
  end)

  it("fails 72 hours after a temporary failure", function()
    emulator:advance(71 * HOUR)
    emulator:set_mail_from_status("example.com", "TEMPORARY_FAILURE")
    assert.equal("TemporaryFailure", status())
    emulator:advance(71 * HOUR)
    assert.equal("TEMPORARY_FAILURE", get_v2().MailFromDomainStatus)
    emulator:advance(HOUR)
    assert.equal("Failed", status())
  end)

  it("is moved in either API's spelling, and in no other", function()
    for text, expected in pairs { Success = "Success", PENDING = "Pending", failed = "Failed",
                                  TemporaryFailure = "TemporaryFailure" } do
      emulator:set_mail_from_status("example.com", text)
      assert.equal(expected, status())
    end
    assert.error_matches(function()
      emulator:set_mail_from_status("example.com", "NotStarted")
    end, "'NotStarted' is no status of a MAIL FROM domain", 1, true)
  end)

  it("is moved where there is one", function()
    check(set(nil))
    assert.has_error(function()
      emulator:set_mail_from_status("example.com", "Success")
    end, "ses.emulator: the identity 'example.com' has no MAIL FROM domain")
    assert.has_error(function()
      emulator:set_mail_from_status("example.org", "Success")
    end, "ses.emulator: no identity 'example.org' in us-east-1")
  end)
end)
