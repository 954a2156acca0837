-- The Lua of README.md runs as it stands, in order, against the emulator.

local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"

-- What stands for AWS: clients without a transport get the emulator's. One call
-- a second would make a reader wait, and these are more.
local PREAMBLE = 'local emulator = require("ses.emulator").new { throttle = false } '
  .. 'local transport = emulator:transport() '
  .. 'package.loaded["ses.transport"] = { default = function() return transport end }'

-- The page with everything but its Lua left blank, so that errors name its lines.
local function program()
  local lines = {}
  local inside = false
  for line in tree.read("README.md"):gmatch("([^\n]*)\n") do
    if line:find("^```") then
      inside = line == "```lua"
      line = ""
    end
    lines[#lines + 1] = inside and line or ""
  end
  lines[1] = PREAMBLE
  return table.concat(lines, "\n")
end

describe("README.md", function()
  it("has Lua that runs", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    assert(file:write(program()))
    file:close()
    local output, status = shell.run(shell.quote(interpreter) .. " " .. path)
    os.remove(path)
    assert.equal(0, status, output)
    local at = 1
    for _, expected in ipairs {
      "bounce%.example%.com\tPending\n",
      "%S+\t200\n",
      "PENDING\n",
      "GET\thttps?://[^\n]*/v2/email/identities/example%.com\tAWS4%-HMAC%-SHA256 ",
      "ParamValidation: 3 faults",
      "no such identity\t404\t",
      "@bounce%.example%.com\n$",
    } do
      local _, last = output:find(expected, at)
      assert.truthy(last, "no '" .. expected .. "' in:\n" .. output:sub(at))
      at = last
    end
  end)
end)
