-- The same conversation with sesctl emulator, for every client. Those of other
-- people take part once in a test run, on Lua 5.4; ours on every Lua.

local clients = require "spec.support.interop.clients"
local conversation = require "spec.support.interop.conversation"
local hosts = require "spec.support.interop.host"

-- What clients call errors that the model does not name.
local GENERAL = { unmodelled = true, ClientError = true, SESServiceException = true,
                  SESv2ServiceException = true }

local function check_error(expected, err)
  assert.equal(expected.code, err.code)
  if expected.start then
    assert.equal(expected.start, err.message:sub(1, #expected.start))
  else
    assert.equal(expected.message, err.message)
  end
  assert.truthy(not err.status or err.status == expected.status, err.status)
  if expected.class then
    assert.truthy(not err.class or err.class == expected.class, err.class)
  else
    assert.truthy(not err.class or GENERAL[err.class], err.class)
  end
end

local function check(step, answer)
  if step.error then
    assert.same("table", type(answer.error), "it was not refused")
    return check_error(step.error, answer.error)
  end
  assert.same(nil, answer.error)
  if step.check then
    local got, expected = step.check(answer.result)
    assert.same(expected, got)
  elseif step.result then
    assert.same(step.result, answer.result)
  end
end

-- What the mailbox holds of the messages of a conversation.
local function messages(host)
  local list = {}
  for i, mail in ipairs(host:mailbox()) do
    list[i] = { mail.api, mail.envelope_from:match("@(.*)$"), mail.recipients, mail.subject,
                mail.text or mail.raw }
  end
  return list
end

local BOUNCE = "bounce.example.com"
local RAW = clients.blob(conversation.RAW)["$base64"]

describe("a conversation with sesctl emulator", function()
  local host

  lazy_setup(function()
    host = hosts.start("--no-throttle")
  end)

  for _, client in ipairs(clients.list()) do
    local missing = client.missing()
    if missing then
      pending("by " .. client.name .. ": " .. missing)
    else
      describe("by " .. client.name, function()
        local steps, answers = conversation.steps_of(client), nil

        lazy_setup(function()
          host:control("POST", "reset")
          answers = client.run(host, steps)
        end)

        for i, step in ipairs(steps) do
          it(step.it, function()
            check(step, answers[i])
          end)
        end

        it("leaves its messages in the mailbox", function()
          assert.same({
            { "ses", BOUNCE, { "v1@example.org" }, conversation.SUBJECT, conversation.TEXT },
            { "ses", BOUNCE, { "raw@example.org" }, "raw", RAW },
            { "sesv2", BOUNCE, { "v2@example.org", "copy@example.org" }, conversation.SUBJECT,
              conversation.TEXT },
            { "sesv2", BOUNCE, { "raw@example.org" }, "raw", RAW },
            { "ses", BOUNCE, { "bulk1@example.org" }, "Hi J\195\188rgen", conversation.TEXT },
            { "sesv2", BOUNCE, { "bulk2@example.org" }, "Hi friend", conversation.TEXT },
          }, messages(host))
        end)
      end)
    end
  end

  it("leaves no process and no file behind", function()
    assert.equal("", host:stop())
  end)
end)
