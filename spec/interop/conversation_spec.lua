-- The same conversation with sesctl emulator, for other people's clients, once in a test
-- run, on Lua 5.4. Ours has it on every Lua and transport, as a part of the contract of
-- clients: spec.support.client.operations.

local answers_of = require "spec.support.interop.conversation_answers"
local clients = require "spec.support.interop.clients"
local conversation = require "spec.support.interop.conversation"
local hosts = require "spec.support.interop.host"

describe("a conversation with sesctl emulator", function()
  local host

  lazy_setup(function()
    host = hosts.start("--no-throttle")
  end)

  for _, client in ipairs(clients.all_take_part and clients.others or {}) do
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
            answers_of.check(step, answers[i])
          end)
        end

        it("leaves its messages in the mailbox", function()
          assert.same(answers_of.MESSAGES, answers_of.messages(host:mailbox()))
        end)
      end)
    end
  end

  it("leaves no process and no file behind", function()
    assert.equal("", host:stop())
  end)
end)
