-- The Lua of README.md runs as it stands, in order, against the emulator.

local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"

-- What stands for AWS: clients without a transport get the emulator's. The tour
-- starts it with --no-throttle: one call a second would make a reader wait. What
-- stands for the world's DNS has none of example.com's subdomains.
local function preamble(options)
  return 'local emulator = require("ses.emulator").new { ' .. options .. ' } '
    .. 'local transport = emulator:transport() '
    .. 'package.loaded["ses.transport"] = { default = function() return transport end } '
    .. 'package.loaded["ses.dns"] = { new = function() return { query = function() '
    .. 'return nil, { code = "NXDOMAIN" } end } end } '
end

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
  return lines
end

local function run(text)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  file:close()
  local output, status = shell.run(shell.quote(interpreter) .. " " .. path)
  os.remove(path)
  assert.equal(0, status, output)
  return output
end

describe("README.md", function()
  it("has Lua that runs, and runs again", function()
    local lines = program()
    lines[1] = preamble("throttle = false") .. "for _ = 1, 2 do"
    lines[#lines + 1] = "end"
    local output = run(table.concat(lines, "\n"))
    local at = 1
    for _ = 1, 2 do
      for _, expected in ipairs {
        "bounce%.example%.com\tPending\n",
        "%S+\t200\n",
        "PENDING\n",
        "GET\thttps?://[^\n]*/v2/email/identities/example%.com\tAWS4%-HMAC%-SHA256 ",
        "\nPending\n",
        "\nWaitTimeout\n",
        '\n10 feedback%-smtp%.eu%-west%-1%.amazonses%.com\t"v=spf1 include:amazonses%.com ~all"\n',
        "\nbounce%.example%.com%. 300 IN TXT [^\n]*\n",
        "\nfalse\tPENDING\n",
        "\nerror\tNoSuchDomain\tbounce%.example%.com does not exist in DNS: publish the MX record ",
        "\nMAIL FROM domains in us%-east%-1: repair 1, invalid 1\t1\n",
        "example%.com\trepair\tits behavior is USE_DEFAULT_VALUE, and not REJECT_MESSAGE\n",
        "example%.net\tinvalid\t'bounce' is only the first part of a name: [^\n]*\n",
        "1\t0\t1\t0\t0\n",
        "example%.com\ttrue\tbounce%.example%.com\tPENDING\tREJECT_MESSAGE\n",
        "example%.net\tfalse\tnil\tNOT_SET\tnil\n",
        "WaitTimeout\n",
        "disabled\n",
        "\n1\tSUCCESS\n2\tNotFoundException\n",
        "\n3\t0\t0\t0\n",
        "\nexample%.com\tSUCCESS\n",
        "ParamValidation: 3 faults",
        "no such identity\t404\t",
        "\ntrue\n",
        "\nAKIDEXAMPLE\t44\n",
        "@bounce%.example%.com\n",
      } do
        local _, last = output:find(expected, at)
        assert.truthy(last, "no '" .. expected .. "' in:\n" .. output:sub(at))
        at = last
      end
    end
    assert.equal(#output, at)
  end)
end)
