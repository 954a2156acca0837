local completion = require "ses.cli.completion"
local files = require "spec.support.files"
local shell = require "spec.support.shell"

local function sesctl(arguments)
  return shell.run("sesctl " .. arguments)
end

describe("sesctl completion", function()
  it("says how it is used", function()
    local text, status = sesctl("completion --help")
    assert.truthy(text:find("^usage: sesctl completion bash|fish|zsh\n"))
    assert.equal(0, status)
    assert.same({ text, 0 }, { sesctl("help completion") })
    assert.same({ text, 0 }, { sesctl("completion -h") })
  end)

  it("says what is wrong", function()
    for arguments, message in pairs {
      [""] = "say for which shell: bash, fish or zsh",
      ["zhs"] = "no shell is called 'zhs': bash, fish and zsh are; did you mean 'zsh'?",
      ["bash ses"] = "bash takes no argument",
    } do
      assert.same({ "sesctl completion: " .. message .. " (see sesctl completion --help)\n", 252 },
                  { sesctl("completion " .. arguments) })
    end
    assert.same({ "sesctl completion: standard output: No space left on device\n", 255 },
                { sesctl("completion bash >/dev/full") })
  end)

  it("answers bash with what begins with the last word", function()
    assert.equal("get-send-quota\nget-send-statistics\n",
                 completion.answer("bash", { "ses", "get-send-" }))
    assert.equal("", completion.answer("bash", { "ses", "x" }))
    assert.equal("--output=json\n",
                 completion.answer("bash", { "ses", "get-send-quota", "--output=j" }))
  end)

  it("answers others with all that can stand there, and with words beside it", function()
    for _, name in ipairs { "fish", "zsh" } do
      local lines = completion.answer(name, { "ses", "x" })
      assert.truthy(("\n" .. lines):find("\nget-send-quota\tcalls GetSendQuota\n", 1, true))
      assert.equal("RejectMessage\t\nUseDefaultValue\t\n", completion.answer(name,
        { "ses", "set-identity-mail-from-domain", "--behavior-on-mx-failure", "" }))
    end
  end)

  it("says where the name of a file stands", function()
    assert.equal("\tfile://\ta b\n",
                 completion.answer("zsh", { "ses", "send-email", "--message", "file://a b" }))
  end)

  it("takes words as each shell gives them", function()
    for raw, plain in pairs {
      ["'a b"] = "a b", ["\"a b"] = "a b", ["a\\ b"] = "a b", ["a\\"] = "a\\", ["'a' b"] = "a b",
      ["\"a\\\"b"] = 'a"b', [""] = "", ["''"] = "", ["'"] = "",
    } do
      local line = { "ses", "send-email", "--message", "file://" .. raw }
      local expected = "\tfile://\t" .. plain .. "\n"
      assert.equal(expected, completion.answer("bash", line))
      assert.equal(expected, completion.answer("fish", line))
      line[4] = "file://" .. plain
      assert.equal(expected, completion.answer("zsh", line))
    end
    local line = { "'ses'", "\"get-send-quota\"", "--color", "" }
    assert.equal("auto\noff\non\n", completion.answer("bash", line))
    assert.equal("", completion.answer("zsh", line))
  end)

  it("gives no word that a terminal would obey", function()
    for _, word in ipairs { "file://\27[31m", "file://\194\155", "file://\255", "'file://a\tb",
                            "'file://\n" } do
      for _, name in ipairs { "bash", "fish", "zsh" } do
        assert.equal("", completion.answer(name, { "ses", "send-email", "--message", word }))
      end
    end
  end)

  it("answers on standard output alone, whatever it is asked", function()
    for _, words in ipairs { "''", "ses get-x ''", "\"'\"", "-- --", "nothing --x=", "--region",
                             "$(printf '\\377')", "$(printf '\\033[1m')", "emulator --x ''" } do
      for _, name in ipairs { "bash", "fish", "zsh" } do
        assert.same({ "", 0 }, { sesctl("completion " .. name .. " -- " .. words
          .. " 2>&1 >/dev/null") })
      end
    end
    assert.same({ "get-send-quota\n", 0 },
                { sesctl("completion bash -- --region us-east-1 --debug ses get-send-q") })
  end)

  it("answers an empty line", function()
    assert.equal("ses\nsesv2\n", completion.answer("bash", { "se" }))
    assert.truthy(completion.answer("bash", {}):find("emulator", 1, true))
    assert.same({ completion.answer("bash", {}), 0 }, { sesctl("completion bash --") })
  end)

  it("knows the profiles of AWS's files", function()
    local config = files.with(finally, "[default]\nregion = eu-west-1\n[profile shop]\n"
      .. "[profile b-2]\n[sso-session s]\n")
    local credentials = files.with(finally, "[keys]\naws_access_key_id = AKIDEXAMPLE\n")
    local function profiles(arguments)
      return (shell.run("export AWS_CONFIG_FILE=" .. config .. " AWS_SHARED_CREDENTIALS_FILE="
        .. credentials .. "; sesctl completion bash -- " .. arguments))
    end
    assert.equal("b-2\ndefault\nkeys\nshop\n", profiles "ses get-send-quota --profile ''")
    assert.equal("--profile=shop\n", profiles "--profile=s")
    for _, broken in ipairs { "no section\n", "[profile a]\nx\n", "\255\254", "[a" } do
      files.write(credentials, broken)
      assert.equal("", profiles "ses get-send-quota --profile ''")
    end
    os.remove(credentials)
    assert.equal("b-2\ndefault\nshop\n", profiles "ses get-send-quota --profile ''")
  end)

  it("loads neither a client nor a transport for it", function()
    local program = [[
      local completion = require "ses.cli.completion"
      for _, line in ipairs { { "" }, { "ses", "" }, { "ses", "send-email", "--" },
                              { "ses", "send-email", "--message", "" }, { "--region", "" } } do
        completion.answer("zsh", line)
      end
      for _, module in ipairs { "client", "transport", "curl", "emulator", "credentials",
                                "cli.parameters", "cli.failure", "cli.emulator" } do
        if package.loaded["ses." .. module] then print(module) end
      end
    ]]
    local path = files.with(finally, program)
    assert.same({ "", 0 }, { shell.run(shell.quote(require "spec.support.interpreter") .. " "
      .. path) })
  end)
end)
