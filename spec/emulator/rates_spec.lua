local emulated = require "spec.support.emulated"
local ses = require "ses"

local check = ses.check
local emulator, v1, v2, transport

before_each(function()
  emulator, v1, v2 = emulated.new { quota = { max_24_hour_send = -1 }, mailbox_size = 10000 }
  transport = emulator:transport()
  check(v1:verify_domain_identity { Domain = "example.com" })
end)

local MESSAGE = {
  FromEmailAddress = "a@example.com", Destination = { ToAddresses = { "b@x.org" } },
  Content = { Simple = { Subject = { Data = "s" }, Body = { Text = { Data = "t" } } } },
}

local function send()
  return v2:send_email(MESSAGE)
end

local function send_v1()
  return v1:send_email { Source = "a@example.com", Destination = { ToAddresses = { "b@x.org" } },
                         Message = MESSAGE.Content.Simple }
end

-- The numbers of the calls that failed, of so many.
local function failures(count, call)
  local list = {}
  for i = 1, count do
    local _, err = (call or send)()
    if err then
      list[#list + 1] = i
    end
  end
  return list
end

describe("a fault that is met again and again", function()
  it("is met by every Nth call, the Nth first, without end", function()
    emulator:faults { every = 4, code = "X" }
    assert.same({ 4, 8, 12, 16, 20 }, failures(23))
    assert.same({ { every = 4, code = "X" } }, emulator:faults())
    assert.same({ 1 }, failures(1))
  end)

  it("lets some calls pass before it begins", function()
    emulator:faults { every = 3, offset = 5, code = "X" }
    assert.same({ 8, 11, 14 }, failures(16))
    emulator:faults { every = 1, offset = 2, code = "X" }
    assert.same({ 3, 4, 5 }, failures(5))
  end)

  it("ends after so many calls", function()
    emulator:faults { every = 2, count = 3, code = "X" }
    assert.same({ 2, 4 }, failures(5))
    assert.same({ { every = 2, count = 1, code = "X" } }, emulator:faults())
    assert.same({ 1 }, failures(5))
    assert.same({}, emulator:faults())
  end)

  it("counts the calls that match it only", function()
    emulator:faults { every = 2, operation = "SendEmail", service = "sesv2", code = "X" }
    assert.same({}, failures(10, send_v1))
    assert.same({}, failures(1))
    assert.same({}, failures(3, function()
      return v2:get_account {}
    end))
    assert.same({ 1 }, failures(2))
  end)

  it("does not count calls whose signature is refused", function()
    emulator:faults { every = 2, code = "X" }
    local stranger = check(ses.client("sesv2", { transport = transport, region = "us-east-1",
      credentials = { access_key_id = "AKIDOTHEREXAMPLE", secret_access_key = "s" } }))
    for _ = 1, 3 do
      local _, err = stranger:get_account {}
      assert.equal("UnrecognizedClientException", err.code)
    end
    assert.same({ 2 }, failures(3))
  end)

  it("has its turn at the next call where another is met", function()
    emulator:faults { { every = 2, code = "A" }, { every = 4, code = "B" }, { code = "C" } }
    local met = {}
    for i = 1, 9 do
      local _, err = send()
      met[i] = err and err.code or "-"
    end
    assert.equal("CA-ABA-AB", table.concat(met))
  end)

  it("adds up to exact rates, the same ones each time", function()
    local function play()
      emulator:faults { { every = 20, drop = "after", reset = true },
                        { every = 20, code = "TooManyRequestsException", status = 429 },
                        { every = 50, when = "after", status = 503 } }
      emulator:empty_mailbox()
      local counts, trace = { ok = 0 }, {}
      for i = 1, 2000 do
        local _, err = send()
        local kind = err and (err.kind == "transport" and "reset" or tostring(err.status)) or "ok"
        counts[kind] = (counts[kind] or 0) + 1
        trace[i] = kind
      end
      -- It is the turn of all three at the last call.
      assert.same({ ok = 1762, reset = 100, ["429"] = 99, ["503"] = 39 }, counts)
      -- What was reset after the body, and what failed after it was done, was sent.
      assert.equal(1762 + 100 + 39, #emulator:mailbox())
      return table.concat(trace, " ")
    end
    assert.equal(play(), play())
  end)
end)

describe("a fault after the call was carried out", function()
  it("puts an error in place of the answer", function()
    emulator:faults { { status = 503, when = "after" }, { status = 503, when = "before" } }
    local _, err = send()
    assert.same({ "InternalFailure", 503, true }, { err.code, err.status, err.ambiguous })
    assert.equal(1, #emulator:mailbox())
    _, err = send_v1()
    assert.same({ "InternalFailure", 503, true }, { err.code, err.status, err.ambiguous })
    assert.equal(1, #emulator:mailbox())
  end)

  it("may be a page of something between", function()
    emulator:faults { body = "<html>gateway</html>", status = 502, when = "after" }
    local _, err = send()
    assert.same({ "decode", 502 }, { err.kind, err.status })
    assert.equal(1, #emulator:mailbox())
  end)

  it("is met by what the operation refuses as well", function()
    emulator:faults { code = "InternalFailure", status = 500, when = "after" }
    local _, err = v2:get_email_identity { EmailIdentity = "example.org" }
    assert.equal(500, err.status)
  end)
end)

describe("a connection that is closed", function()
  local function signed()
    return assert(v2:send_email(MESSAGE, { dry_run = true }))
  end

  it("before the body is read had a part of the request", function()
    emulator:faults { drop = "unread" }
    local response, failure = transport:send(signed())
    assert.is_nil(response)
    assert.same({ "transport", "ConnectionClosed", "part" },
                { failure.kind, failure.code, failure.sent })
    emulator:faults { { drop = "before", reset = true }, { drop = "after" } }
    for sent = 0, 1 do
      response, failure = transport:send(signed())
      assert.is_nil(response)
      assert.equal("all", failure.sent)
      assert.equal(sent, #emulator:mailbox())
    end
  end)

  it("before the body is read leaves no doubt that nothing was done", function()
    emulator:faults { drop = "unread" }
    local _, err = send()
    assert.same({ "part", false }, { err.sent, err.ambiguous })
    assert.same({}, emulator:mailbox())
  end)

  it("before the body is read needs no body, and no signature", function()
    local read = false
    local given = { method = "POST", target = "/v2/email/outbound-emails", headers = {},
                    body = function()
                      read = true
                      return "{}"
                    end }
    emulator:faults { drop = "unread", delay = 5 }
    assert.same({ drop = "unread", delay = 5 }, emulator:handle(given))
    assert.is_false(read)
    assert.equal(403, emulator:handle(given).status)
    assert.is_true(read)
  end)

  it("before the body is read may have waited, even too long", function()
    emulator:faults { { drop = "unread", delay = 5 }, { drop = "unread", delay = 50 } }
    local before = transport:now()
    local _, failure = transport:send(signed(), before + 10)
    assert.same({ "ConnectionClosed", "part", 5 },
                { failure.code, failure.sent, transport:now() - before })
    _, failure = transport:send(signed(), before + 10)
    assert.same({ "AttemptTimeout", "part", 10 },
                { failure.code, failure.sent, transport:now() - before })
  end)

  it("before the body is read is one of API v2's operation, if of any", function()
    emulator:faults { drop = "unread", every = 2, service = "sesv2", operation = "SendEmail" }
    assert.same({}, failures(5, send_v1))
    assert.same({}, failures(5, function()
      return v2:get_account {}
    end))
    assert.same({ 2, 4 }, failures(5))
    emulator:faults { drop = "unread", every = 2, service = "ses" }
    assert.same({}, failures(5))
    assert.same({ 2, 4 }, failures(5, send_v1))
  end)

  it("before the body is read leaves the control plane alone", function()
    emulator:faults { drop = "unread" }
    assert.equal(200, emulator:handle { method = "GET", target = "/_emulator/clock",
                                        headers = { host = "localhost" } }.status)
    assert.equal(1, #emulator:faults())
  end)
end)

describe("a fault is refused", function()
  for message, given in pairs {
    ["every: expected a whole number of at least 1"] = { every = 0, code = "X" },
    ["every: expected a whole number of at least 1 "] = { every = 2.5, code = "X" },
    ["every: expected a whole number of at least 1  "] = { every = math.huge, code = "X" },
    ["offset: expected a whole number of at least 0"] = { every = 2, offset = -1, code = "X" },
    ["offset: only a fault with every has an offset"] = { offset = 1, code = "X" },
    ["when: expected 'before' or 'after'"] = { when = "during", code = "X" },
    ["when: only a fault with code, status or body has a when"] = { when = "after", delay = 1 },
    ["reset: expected true or false"] = { reset = "yes", drop = "after" },
    ["reset: only a fault with drop has a reset"] = { reset = true, code = "X" },
    ["code: a fault with drop has no answer"] = { drop = "after", code = "X" },
    ["status: a fault with drop has no answer"] = { drop = "unread", status = 503 },
    ["body: a fault with drop has no answer"] = { drop = "before", body = "x" },
    ["truncate: a fault with drop has no answer"] = { drop = "after", truncate = 1 },
    ["operation: with drop = 'unread' only services whose paths name the operation tell it: add"
      .. " service = 'sesv2' or another that is neither 'ses' nor 'sts', or leave operation out"] =
      { drop = "unread", operation = "SendEmail" },
    ["operation: with drop = 'unread' only services whose paths name the operation tell it: add"
      .. " service = 'sesv2' or another that is neither 'ses' nor 'sts', or leave operation out "] =
      { drop = "unread", operation = "AssumeRole", service = "sts" },
    ["operation: only SendBulkEmail and SendBulkTemplatedEmail have entries, not SendEmail"] =
      { entry_status = "FAILED", operation = "SendEmail" },
    ["operation: only SendBulkEmail and SendBulkTemplatedEmail have entries, not sts"] =
      { entry_status = "FAILED", service = "sts" },
    ["code: a fault with entry_status leaves the call itself alone"] =
      { entry_status = "FAILED", code = "X" },
    ["delay: a fault with entry_status leaves the call itself alone"] =
      { entry_status = "FAILED", delay = 1 },
  } do
    it(message, function()
      local _, text = pcall(emulator.faults, emulator, given)
      local where = message:find("only SendBulk", 1, true)
        and message:gsub("^operation", "entry_status") or message
      assert.equal("ses.emulator: faults[1]." .. where:gsub("%s+$", ""), text)
      assert.same({}, emulator:faults())
    end)
  end

  it("entry_status that is none", function()
    for _, status in ipairs { "SUCCESS", "Success", "TRANSIENT", 5 } do
      local ok, text = pcall(emulator.faults, emulator, { entry_status = status })
      assert.is_false(ok)
      assert.truthy(text:find("faults[1].entry_status: expected one of MessageRejected,"
        .. " MESSAGE_REJECTED, ", 1, true))
    end
  end)
end)
