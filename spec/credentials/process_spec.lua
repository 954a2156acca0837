local aws = require "spec.support.aws"
local curl = require "ses.transport.curl"
local errors = require "ses.error"
local fake_transport = require "spec.support.fake_transport"
local files = require "spec.support.files"
local process = require "ses.credentials.process"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local OUTPUT = ('{"Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "%s",'
  .. ' "SessionToken": "t", "Expiration": "2099-08-30T18:36:00Z"}'):format(SECRET)

-- What comes of a process that does this; and how it was run.
local function fetch(result, failure, command)
  local transport = fake_transport.new()
  local ran
  function transport:run(argv, options) -- luacheck: no self
    ran = { argv = argv, options = options }
    return result, failure
  end
  local set, err = process.fetch(aws.context(transport), { command = command or "helper --x" })
  return set, err, ran, transport
end

local function ended(stdout, status, stderr, signal)
  return { status = not signal and (status or 0) or nil, signal = signal, stdout = stdout or "",
           stderr = stderr or "" }
end

describe("a credential process", function()
  it("prints credentials", function()
    local set, _, ran, transport = fetch(ended(OUTPUT), nil, [["my helper" --for 'a b' c\ d $HOME]])
    assert.same({ access_key_id = "ASIAEXAMPLE", secret_access_key = SECRET, session_token = "t" },
      set.credentials)
    assert.equal(4091798160, set.expires)
    assert.same({ "my helper", "--for", "a b", "c d", "$HOME" }, ran.argv)
    assert.equal(transport.clock + 30, ran.options.deadline)
    assert.equal(65536, ran.options.max_output)
  end)

  it("may print keys that do not end", function()
    local set = fetch(ended(('{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "%s",'
      .. ' "Expiration": null}'):format(SECRET)))
    assert.is_nil(set.expires)
  end)

  for name, case in pairs {
    ["fails"] = { ended(SECRET, 3, "vault is\nsealed\n"), nil, "(exit code 3): vault is?sealed" },
    ["is killed"] = { ended("", nil, "", 9), nil, "(signal 9)" },
    ["cannot be started"] = { nil, { kind = "process", code = "NotStarted",
      message = "no such program" }, "the credential process helper failed: no such program" },
    ["takes too long"] = { nil, { kind = "timeout", code = "Timeout", message = "time is up" },
      "failed: time is up" },
    ["prints no JSON"] = { ended(SECRET), nil, "printed no JSON object" },
    ["prints nothing"] = { ended(""), nil, "printed no JSON object" },
    ["prints no version"] = { ended "{}", nil, "printed no Version (expected Version 1)" },
    ["prints another version"] = { ended '{"Version": 2}', nil,
      "another Version (expected Version 1)" },
    ["prints no keys"] = { ended '{"Version": 1}', nil, "access_key_id" },
    ["prints a line break"] = { ended(('{"Version": 1, "AccessKeyId": "A", "SecretAccessKey":'
      .. ' "%s\\n"}'):format(SECRET)), nil, "secret_access_key: it has a line break" },
    ["prints what has ended"] = { ended('{"Version": 1, "AccessKeyId": "A", "SecretAccessKey":'
      .. '"s", "Expiration": "2015-08-30T12:00:00Z"}'), nil, "had expired" },
  } do
    it("that " .. name .. " is an error", function()
      local set, err = fetch(case[1], case[2])
      assert.is_nil(set)
      assert.equal("credentials", err.kind)
      assert.truthy(err.code ~= "NoCredentials")
      assert.truthy(err.message:find(case[3], 1, true), err.message)
      assert.is_nil(tostring(err):find(SECRET, 1, true))
    end)
  end

  for _, command in ipairs { "", "   ", "'x", '"x', "x\\" } do
    it(("is not %q"):format(command), function()
      local set, err = fetch(nil, nil, command)
      assert.is_nil(set)
      assert.is_true(errors.is_error(err, "credentials", "InvalidSetting"))
    end)
  end

  it("needs a transport that can run one", function()
    local set, err = process.fetch(aws.context(fake_transport.new()), { command = "helper" })
    assert.is_nil(set)
    assert.equal("ProcessFailed", err.code)
    assert.truthy(err.message:find("has no method run", 1, true))
  end)
end)

describe("a real credential process", function()
  -- What a shell script gives.
  local function run(script, seconds)
    local transport = curl.new()
    finally(function() transport:close() end)
    local path = files.with(finally, script)
    local began = transport:now()
    local set, err = process.fetch(aws.context(transport),
      { command = "sh " .. path, timeout = seconds })
    return set, err, transport:now() - began
  end

  it("gives credentials", function()
    local set = assert(run("echo '" .. OUTPUT .. "'"))
    assert.equal("ASIAEXAMPLE", set.credentials.access_key_id)
  end)

  it("that hangs is ended", function()
    local set, err, seconds = run("sleep 60", 0.2)
    assert.is_nil(set)
    assert.equal("ProcessFailed", err.code)
    assert.truthy(seconds < 10, seconds)
  end)

  it("that floods is ended", function()
    local set, err, seconds = run("yes", 20)
    assert.is_nil(set)
    assert.equal("ProcessFailed", err.code)
    assert.truthy(seconds < 20, seconds)
  end)

  it("that dies says so", function()
    local _, err = run("kill -9 $$")
    assert.truthy(err.message:find("(signal 9)", 1, true), err.message)
    _, err = run("echo no vault >&2; exit 7")
    assert.truthy(err.message:find("(exit code 7): no vault", 1, true), err.message)
  end)
end)
