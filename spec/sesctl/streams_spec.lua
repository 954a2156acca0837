-- Standard streams that are closed, full, or have nobody at their other end.

local cjson = require "cjson"
local files = require "spec.support.files"
local hosts = require "spec.support.emulator_host"
local sesctl = require "spec.support.sesctl"

describe("sesctl", function()
  local host

  setup(function()
    host = hosts.start("--no-throttle")
    sesctl("ses verify-domain-identity --domain example.com", { host = host })
  end)

  teardown(function()
    host:stop()
  end)

  local QUOTA = '{\n    "Max24HourSend": 50000.0,\n    "MaxSendRate": 14.0,\n'
    .. '    "SentLast24Hours": 0.0\n}\n'

  local commands = {
    "ses get-send-quota", "ses get-send-quota --output text", "ses get-send-quota --output table",
    "ses get-send-quota --output yaml", "ses get-send-quota --output yaml-stream",
    "ses list-identities --page-size 1 --output text", "ses help", "--version", "help",
    "ses get-send-quota help", "ses set-identity-mail-from-domain --generate-cli-skeleton",
    "sesv2 get-account --generate-cli-skeleton output",
  }

  -- What its program says is led by its name, and errors of commands by more.
  local function complains(message, words)
    local output, status, errors = sesctl(words, { host = host })
    assert.same({ "", 255 }, { output, status }, words)
    assert.truthy(errors:find("^\n?sesctl: [^\n]*standard output: " .. message .. "\n$"), errors)
  end

  for _, words in ipairs(commands) do
    it("says that a disk is full: " .. words, function()
      complains("No space left on device", words .. " >/dev/full")
    end)
  end

  it("says that standard output is closed, and does not write to a connection instead", function()
    for _, words in ipairs { commands[1], commands[2], "--version" } do
      complains("Bad file descriptor", words .. " >&-")
    end
    complains("Bad file descriptor", commands[1] .. " <&- >&-")
  end)

  it("changes something without a standard output", function()
    assert.same({ "", 0, "" }, { sesctl("ses set-identity-mail-from-domain --identity example.com"
      .. " --mail-from-domain bounce.example.com >&-", { host = host }) })
  end)

  it("has the exit code, and a result, without a standard error", function()
    assert.same({ QUOTA, 0, "" }, { sesctl("ses get-send-quota 2>&-", { host = host }) })
    assert.same({ QUOTA, 0, "" }, { sesctl("ses get-send-quota --debug 2>&-", { host = host }) })
    for words, expected in pairs {
      ["ses get-send-quota --bogus"] = 252, ["ses bogus"] = 252, ["bogus"] = 252,
      ["sesv2 get-email-identity --email-identity nowhere.com"] = 254,
      ["ses get-send-quota >/dev/full"] = 255, ["ses get-send-quota --profile nope"] = 255,
    } do
      local output, status, errors = sesctl(words .. " 2>&-", { host = host })
      assert.same({ "", expected, "" }, { output, status, errors }, words)
      output, status = sesctl(words .. " 2>/dev/full", { host = host })
      assert.same({ "", expected }, { output, status }, words)
    end
  end)

  it("needs no standard input", function()
    assert.same({ QUOTA, 0, "" }, { sesctl("ses get-send-quota <&-", { host = host }) })
    assert.same({ QUOTA, 0, "" }, { sesctl("ses get-send-quota <&- 2>&-", { host = host }) })
  end)

  it("reads standard input where a parameter says so", function()
    local output, status, errors = sesctl("ses get-send-quota --cli-input-json file:///dev/stdin",
      { host = host, before = "echo '{}' |" })
    assert.same({ QUOTA, 0, "" }, { output, status, errors })
    output, status, errors = sesctl("ses get-send-quota --cli-input-json file:///dev/stdin <&-",
      { host = host })
    assert.same({ "", 252 }, { output, status })
    assert.truthy(errors:find("Invalid JSON received.", 1, true), errors)
  end)

  it("asks nobody for a code who cannot answer", function()
    local config = files.with(finally, "[profile mfa]\nregion = us-east-1\n"
      .. "role_arn = arn:aws:iam::123456789012:role/r\nsource_profile = mfa\n"
      .. "mfa_serial = arn:aws:iam::123456789012:mfa/m\n"
      .. "aws_access_key_id = AKIDEXAMPLE\n"
      .. "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n")
    for _, input in ipairs { "</dev/null", "<&-" } do
      local output, status, errors = sesctl("ses get-send-quota --profile mfa " .. input,
        { host = host, env = "AWS_CONFIG_FILE=" .. config })
      assert.same({ "", 255 }, { output, status })
      assert.truthy(errors:find("MFA", 1, true), errors)
      assert.is_nil(errors:find("traceback", 1, true))
    end
  end)

  it("is quiet where a reader has seen enough", function()
    sesctl("sesv2 create-email-template --template-name t --template-content Subject=s,Text="
      .. ("x"):rep(100000), { host = host })
    local errors = files.temporary(finally)
    local words = "sesv2 get-email-template --template-name t 2>" .. errors
    local output = sesctl(words .. " | head -c 1", { host = host })
    assert.same({ "{", "" }, { output, files.content(errors) })
    -- Who ignores the signal hears why.
    local code = files.temporary(finally)
    output = sesctl(words .. "; echo $? >" .. code .. "; } | head -c 1",
      { host = host, before = "trap '' PIPE; {" })
    assert.same({ "{", "255\n", "\nsesctl: [ERROR]: standard output: Broken pipe\n" },
      { output, files.content(code), files.content(errors) })
  end)

  it("writes all of a long result", function()
    local text = ("y"):rep(300000)
    sesctl("sesv2 create-email-template --template-name long --cli-input-json file://"
      .. files.with(finally, cjson.encode { TemplateContent = { Subject = "s", Text = text } }),
      { host = host })
    local output = sesctl("sesv2 get-email-template --template-name long | { sleep 0.3; cat; }",
      { host = host })
    assert.equal(text, cjson.decode(output).TemplateContent.Text)
  end)
end)
