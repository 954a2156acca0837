-- What is common to clients on all transports: their end.
--
-- See spec.support.client_contract.

local assert = require "luassert"
local contract = require "spec.support.client_contract"
local ses = require "ses"

return function(_, it, given)
  -- A call that is a misuse.
  local function raises(message, fn)
    local ok, raised = pcall(fn)
    assert.is_false(ok)
    assert.truthy(raised:find(message, 1, true), raised)
  end

  it("raises of what comes later, and leaves other clients alone", function()
    local v1, v2 = given.clients()
    local pager = v1:pages("ListIdentities")
    ses.check(v1:get_send_quota())
    v1:close()
    v1:close()
    raises("get_send_quota: the client is closed", function() v1:get_send_quota() end)
    raises("call: the client is closed", function() v1:call("GetSendQuota") end)
    raises("next: the client is closed", function() pager:next() end)
    raises("the client is closed", function()
      ses.batch.map(v1, {}, nil, function() end)
    end)
    ses.check(v2:get_account())
  end)

  it("loses no call that is under way", function()
    given.domain()
    given.faults { delay = 0.1, every = 1 }
    local v2, results = given.client("sesv2"), {}
    given.transport:all(5, 5, function(i)
      if i == 5 then
        given.transport:sleep(0.03)
        return v2:close()
      end
      results[i] = ses.check(v2:send_email(contract.message(tostring(i))))
    end)
    assert.same({ 4, 4 }, { #results, #given.subjects() })
  end)

  it("of a transport raises of what comes later", function()
    local v1 = given.client("ses")
    ses.check(v1:get_send_quota())
    given.transport:close()
    given.transport:close()
    raises("closed", function()
      ses.check(v1:get_send_quota())
    end)
  end)
end
