-- What the answers of a conversation must be, and the messages that it leaves.

local assert = require "luassert"
local conversation = require "spec.support.interop.conversation"
local steps_of = require "spec.support.interop.steps"

local M = {}

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

--- Shows that an answer is what a step has to hear.
---@param step table
---@param answer table
function M.check(step, answer)
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

--- What is compared of the messages in a mailbox.
---@param mailbox table[] as the control plane shows it
---@return table[]
function M.messages(mailbox)
  local list = {}
  for i, mail in ipairs(mailbox) do
    list[i] = { mail.api, mail.envelope_from:match("@(.*)$"), mail.recipients, mail.subject,
                mail.text or mail.raw }
  end
  return list
end

local BOUNCE = "bounce.example.com"
local RAW = steps_of.blob(conversation.RAW)["$base64"]

--- The messages of a conversation.
M.MESSAGES = {
  { "ses", BOUNCE, { "v1@example.org" }, conversation.SUBJECT, conversation.TEXT },
  { "ses", BOUNCE, { "raw@example.org" }, "raw", RAW },
  { "sesv2", BOUNCE, { "v2@example.org", "copy@example.org" }, conversation.SUBJECT,
    conversation.TEXT },
  { "sesv2", BOUNCE, { "raw@example.org" }, "raw", RAW },
  { "ses", BOUNCE, { "bulk1@example.org" }, "Hi J\195\188rgen", conversation.TEXT },
  { "sesv2", BOUNCE, { "bulk2@example.org" }, "Hi friend", conversation.TEXT },
}

return M
