-- Clients of earlier days call some operations of API v2 in another way. The
-- model of Debian's botocore is one of them.

local emulated = require "spec.support.emulated"
local generator = require "spec.support.generator"
local rest = require "ses.emulator.rest"

local MODEL = "/usr/lib/python3/dist-packages/botocore/data/sesv2/2019-09-27/service-2.json"

-- The request that calls an operation: each label as "x".
local function request_of(operation)
  return emulated.v2(operation.http.method, (operation.http.requestUri:gsub("{.-}", "x")),
                     operation.http.method ~= "GET" and "{}" or nil)
end

local file = io.open(MODEL)

if not file then
  pending("the model of another botocore: there is no " .. MODEL .. " (Debian: python3-botocore)")
else
  file:close()
  describe("an earlier model of API v2", function()
    local operations = generator.read_json(MODEL).operations

    it("calls operations by routes that the emulator knows", function()
      local count = 0
      for name, operation in generator.json.each(operations) do
        local request = request_of(operation)
        local found = rest.find("sesv2", request.method, request.target)
        assert.equal(name, found and found.name)
        count = count + 1
      end
      assert.truthy(count > 80)
    end)

    it("is answered in the terms of API v2", function()
      local emulator = emulated.new()
      for name, operation in generator.json.each(operations) do
        local response = emulated.send(emulator, request_of(operation))
        assert.equal("application/json", response.headers["Content-Type"], name)
        assert.not_equal("UnknownOperationException", (emulated.error(response)), name)
      end
    end)
  end)
end
