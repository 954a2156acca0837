local emulated = require "spec.support.emulated"
local ses = require "ses"

local check = ses.check
local emulator, v1, v2

before_each(function()
  emulator, v1, v2 = emulated.new()
  check(v1:verify_domain_identity { Domain = "example.com" })
end)

local function send()
  return v1:send_email { Source = "a@example.com", Destination = { ToAddresses = { "b@x.org" } },
                         Message = { Subject = { Data = "s" }, Body = { Text = { Data = "t" } } } }
end

local function failed(kind, code, result, err)
  assert.is_nil(result)
  assert.equal(kind, err.kind)
  assert.equal(code, err.code)
  return err
end

describe("a fault on demand", function()
  it("is an error of the service, as often as it says", function()
    emulator:faults { operation = "SendEmail", count = 2, code = "Throttling",
                      message = "Rate exceeded" }
    assert.equal("Rate exceeded", failed("service", "Throttling", send()).message)
    assert.equal(400, failed("service", "Throttling", send()).status)
    check(send())
    assert.equal(1, #emulator:mailbox())
    assert.same({}, emulator:faults())
  end)

  it("has a code and a message of its own where none is given", function()
    emulator:faults { { status = 503 }, { status = 418 } }
    local err = failed("service", "InternalFailure", v1:get_send_quota {})
    assert.equal(503, err.status)
    assert.equal("Fault on demand: InternalFailure", err.message)
    assert.equal(418, failed("service", "BadRequest", v2:get_account {}).status)
  end)

  it("meets the operation and the service that it names", function()
    emulator:faults { operation = "SendEmail", service = "sesv2", status = 429,
                      code = "TooManyRequestsException" }
    check(send())
    check(v2:get_account {})
    failed("service", "TooManyRequestsException", v2:send_email {
      FromEmailAddress = "a@example.com", Destination = { ToAddresses = { "b@x.org" } },
      Content = { Raw = { Data = "x" } } })
  end)

  it("is met in the order of the list", function()
    emulator:faults { { code = "First" }, { code = "Second" } }
    failed("service", "First", v1:get_send_quota {})
    failed("service", "Second", v1:get_send_quota {})
  end)

  it("can close the connection before anything was done", function()
    emulator:faults { drop = "before" }
    local err = failed("transport", "ConnectionClosed", send())
    assert.is_true(err.ambiguous)
    assert.equal(0, #emulator:mailbox())
  end)

  it("can close the connection after it was done", function()
    emulator:faults { drop = "after" }
    local err = failed("transport", "ConnectionClosed", send())
    assert.is_true(err.ambiguous)
    assert.equal(1, #emulator:mailbox())
  end)

  it("can cut the answer short", function()
    emulator:faults { truncate = 10 }
    failed("transport", "ConnectionClosed", send())
    assert.equal(1, #emulator:mailbox())
    emulator:faults { truncate = 100000 }
    check(send())
  end)

  it("can be late, and then too late", function()
    emulator:faults { { delay = 59 }, { delay = 61 } }
    local transport = emulator:transport()
    local before = transport:now()
    check(send())
    assert.equal(59, transport:now() - before)
    failed("timeout", "AttemptTimeout", send())
    assert.equal(119, transport:now() - before)
    assert.equal(2, #emulator:mailbox())
  end)

  it("can be something between that answers", function()
    emulator:faults { { body = "<html>busy</html>", status = 503 }, { body = "" } }
    local err = failed("decode", "UnreadableResponse", send())
    assert.equal(503, err.status)
    failed("decode", "UnreadableResponse", send())
    assert.equal(0, #emulator:mailbox())
  end)

  it("replaces those that are left", function()
    emulator:faults { { code = "First" } }
    emulator:faults { { code = "Second" } }
    assert.equal(1, #emulator:faults())
    assert.equal("Second", emulator:faults()[1].code)
    emulator:faults {}
    check(send())
  end)

  it("is copied", function()
    local given = { code = "First", count = 5 }
    emulator:faults(given)
    failed("service", "First", send())
    assert.same({ code = "First", count = 5 }, given)
  end)

  for message, given in pairs {
    ["faults: expected a list, got string"] = "x",
    ["faults[1]: expected a table of the fault's fields"] = { "x" },
    ["faults[1]: a fault has one of code, status, delay, drop, truncate, body and"
      .. " entry_status"] =
      { operation = "SendEmail" },
    ["faults[1]: no field of a fault is called 'opperation'; did you mean 'operation'?"] =
      { opperation = "SendEmail", code = "x" },
    ["faults[2].count: expected a number of at least 1"] = { { code = "x" },
                                                             { code = "x", count = 0 } },
    ["faults[1].operation: no operation of any service is called 'SendEmial'; did you mean"
      .. " 'SendEmail'?"] = { operation = "SendEmial", code = "x" },
    ["faults[1].operation: no operation of ses is called 'GetAccount'"] = {
      operation = "GetAccount", service = "ses", code = "x" },
    ["faults[1].operation: expected a string"] = { operation = 1, code = "x" },
    ["faults[1].operation: no operation of imds is called 'AssumeRole'"] = {
      operation = "AssumeRole", service = "imds", code = "x" },
    ["faults[1].service: expected 'ses', 'sesv2', 'sts', 'sso', 'sso_oidc', 'imds' or 'container',"
      .. " got 'v2'"] = { service = "v2", code = "x" },
    ["faults[1].service: expected 'ses', 'sesv2', 'sts', 'sso', 'sso_oidc', 'imds' or 'container',"
      .. " got number"] = { service = 2, code = "x" },
    ["faults[1].drop: expected 'unread', 'before' or 'after'"] = { drop = true },
    ["faults[1].code: expected a string"] = { code = 5 },
    ["faults[1].delay: expected a number of at least 0"] = { delay = -1 },
    ["faults[1].status: expected a number of at least 200"] = { status = 0 / 0 },
  } do
    it("is refused: " .. message, function()
      assert.has_error(function()
        emulator:faults(given)
      end, "ses.emulator: " .. message)
    end)
  end
end)
