-- Numbers are the same whatever the host program has told the C library.

local core = require "ses.core"
local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"

-- Runs the script under a locale compiled for it; nil where that cannot be.
local function under(name)
  local folder = os.tmpname()
  os.remove(folder)
  local _, status = shell.run(("mkdir %s && localedef -i %s -f UTF-8 %s/%s.UTF-8"):format(folder,
    name, folder, name))
  local output
  if status <= 1 then -- 1: there were warnings
    output = shell.run(("LOCPATH=%s %s spec/support/locale_numbers.lua %s.UTF-8"):format(folder,
      interpreter, name))
  end
  shell.run("rm -rf " .. folder)
  return output
end

describe("numbers", function()
  -- A comma, and an Arabic separator of two bytes.
  for name, point in pairs { de_DE = ",", ps_AF = "\217\171" } do
    it("are the same in " .. name, function()
      local output = under(name)
      if not output or output:find "^refused" then
        pending("the sources of the locale " .. name .. " are not installed")
      end
      local lines = {}
      for line in output:gmatch("[^\n]+") do lines[#lines + 1] = line end
      assert.equal("set", table.remove(lines, 1))
      local printed = table.remove(lines, 1)
      -- LuaJIT formats numbers itself.
      assert.truthy(printed == point or printed == "." and rawget(_G, "jit"), printed)
      assert.equal("true\ttrue\tnil", lines[1]:match("^true\ttrue\tnil"))
      assert.equal("the number 2.5", lines[2])
      assert.equal('{"Queries":[{"Id":"i","Namespace":"VDM","Metric":"SEND","StartDate":0.25,'
        .. '"EndDate":2147483648}]}', lines[3])
    end)
  end

  it("keep every bit of a double", function()
    local handle = core.handle("ses", "GetSendQuota")
    for _, text in ipairs {
      "0.1", "1e-7", "123456.789", "0.30000000000000004", "1.7976931348623157e308", "5e-324",
      "2.2250738585072014e-308", "-0.5", "+1", "9007199254740993.0", "1E5", ".5", "5.",
    } do
      local result = assert(core.decode(handle, 200, {},
        "<GetSendQuotaResponse><GetSendQuotaResult><MaxSendRate>" .. text
        .. "</MaxSendRate></GetSendQuotaResult></GetSendQuotaResponse>"))
      assert.equal(tonumber(text), result.MaxSendRate)
    end
    for _, n in ipairs { 0.1, 1e-7, 2.5, 1 / 3, 1e21, 123456789.123, 5e-324, 1e300, -1.5 } do
      local _, details = core.encode(core.handle("ses", "ListIdentities"), { MaxItems = n })
      assert.equal(n, tonumber((details[1].got:match("^the number (.*)$"))))
    end
  end)
end)
