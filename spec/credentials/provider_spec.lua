-- Providers that a program makes itself, and what clients share of them.

local aws = require "spec.support.aws"
local config = require "ses.config"
local credentials = require "ses.credentials"
local errors = require "ses.error"
local fake_transport = require "spec.support.fake_transport"
local files = require "spec.support.files"
local ses = require "ses"
local sts = require "spec.support.sts"

local KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local PAIR = { access_key_id = KEY, secret_access_key = SECRET }
local ARN = "arn:aws:iam::123456789012:role/mailer"

local function bind(provider, transport, variables, options)
  return provider:bind(transport, assert(aws.settings(options, variables)))
end

describe("a provider", function()
  it("shows nothing but its name", function()
    assert.equal("ses.credentials.assume_role",
      tostring(credentials.assume_role { role_arn = ARN, source = PAIR }))
    assert.is_nil(credentials.fault(credentials.imds()))
  end)

  it("is asked once by all clients of one transport and the same settings", function()
    local transport, fetched = fake_transport.new(), 0
    local provider = credentials.refreshing(function()
      fetched = fetched + 1
      return { access_key_id = "K" .. fetched, secret_access_key = SECRET }
    end)
    local function key(of, options, getenv)
      local settings = assert(config.settings("ses", options or { region = "us-east-1" }, nil,
        getenv or os.getenv))
      return provider:bind(of, settings)().access_key_id
    end
    assert.equal("K1", key(transport))
    assert.equal("K1", key(transport))
    assert.equal("K2", key(fake_transport.new()))
    assert.equal("K3", key(transport, { region = "eu-west-1" }))
    assert.equal("K4", key(transport, { region = "us-east-1", use_fips = true }))
    assert.equal("K5", key(transport, nil, function() end))
    assert.equal("K6", key(transport, { region = "us-east-1", timeout = { idle = 3 } }))
    assert.equal("K1", key(transport))
  end)

  it("is shared by clients of the emulator in process", function()
    local emulator = ses.emulator.new { throttle = false }
    local transport = emulator:transport()
    local provider = credentials.assume_role { role_arn = ARN, source = PAIR }
    for _ = 1, 5 do
      local client = assert(ses.client("ses", { transport = transport, credentials = provider }))
      assert.truthy((client:get_send_quota()))
    end
    assert.equal(1, emulator:credentials().calls.sts.AssumeRole)
  end)

  it("keeps nothing for a function that nobody has", function()
    local transport = fake_transport.new()
    local provider = credentials.refreshing(function() return PAIR end)
    local function use()
      for _ = 1, 1000 do
        local settings = assert(aws.settings { region = "us-east-1", mfa = function() end })
        provider:bind(transport, settings)()
      end
      collectgarbage()
      collectgarbage()
      return collectgarbage "count"
    end
    use()
    local before = use()
    assert.truthy(use() - before < 100, use() - before)
  end)

  it("reads the files anew where the service takes keys of theirs for expired", function()
    local text = "[default]\naws_access_key_id = %s\naws_secret_access_key = " .. SECRET
    local home = aws.home(finally, { credentials = text:format("AKIDOLD") })
    local transport = fake_transport.new {
      fake_transport.fault(403, "ExpiredToken", "The security token is expired"),
      fake_transport.result("GetSendQuota"), fake_transport.result("GetSendQuota"),
    }
    local getenv = aws.environment { HOME = home, AWS_REGION = "us-east-1" }
    local options = { transport = transport, rate = false }
    local client = assert(ses.client("ses", options, getenv))
    files.write(home .. "/.aws/credentials", text:format("AKIDNEW"))
    transport.clock = transport.clock + 5
    local send = transport.send
    function transport:send(...)
      self.clock = self.clock + 5
      return send(self, ...)
    end
    assert.truthy((client:get_send_quota()))
    assert.truthy(transport.sent[2].headers.Authorization:find("Credential=AKIDNEW/", 1, true))
    assert.truthy((assert(ses.client("ses", options, getenv)):get_send_quota()))
    assert.truthy(transport.sent[3].headers.Authorization:find("Credential=AKIDNEW/", 1, true))
  end)

  it("is told from others by what it fetches, in every process", function()
    local function role(options)
      local given = { role_arn = ARN, source = PAIR }
      for name, value in pairs(options or {}) do
        given[name] = value
      end
      return credentials.assume_role(given):identity()
    end
    assert.equal(role(), role())
    local seen = {}
    for _, identity in ipairs {
      role(), role { role_arn = ARN .. "2" }, role { external_id = "a" }, role { duration = 900 },
      role { external_id = "a,policy=string 1:b" }, role { external_id = "a", policy = "b" },
      role { source = credentials.imds() }, role { source = credentials.imds { attempts = 2 } },
      role { source = { access_key_id = "AKIDOTHER", secret_access_key = SECRET } },
      credentials.imds():identity(), credentials.default():identity(),
      credentials.environment():identity(), credentials.container():identity(),
      credentials.process({ command = "a" }):identity(),
      credentials.web_identity({ role_arn = ARN, token_file = "a" }):identity(),
      credentials.sso({ start_url = "a", region = "b", account_id = "c", role_name = "d" })
        :identity(),
    } do
      assert.is_nil(seen[identity], identity)
      seen[identity] = true
    end
    local function mine() end
    assert.is_nil(credentials.refreshing(mine):identity())
    assert.is_nil(role { source = mine })
    assert.is_nil(role { source = { get = mine } })
    assert.is_nil(role { mfa = mine, mfa_serial = "a" })
    assert.is_nil(role { source = credentials.refreshing(mine) })
  end)

  it("keeps no transport that nobody uses", function()
    local provider = credentials.refreshing(function() return PAIR end)
    local transport = fake_transport.new()
    local weak = setmetatable({ transport }, { __mode = "v" })
    bind(provider, transport)()
    transport = nil -- luacheck: ignore 311
    collectgarbage()
    collectgarbage()
    assert.is_nil(weak[1])
  end)

  it("makes a client's calls", function()
    local transport = fake_transport.new {
      sts.credentials("AssumeRole", "ASIAEXAMPLE"),
      fake_transport.result("GetSendQuota", "<MaxSendRate>1</MaxSendRate>"),
    }
    local client = assert(ses.client("ses", { region = "us-east-1", transport = transport,
      credentials = credentials.assume_role { role_arn = ARN, source = PAIR } }))
    assert.equal(1, ses.check(client:get_send_quota()).MaxSendRate)
    assert.equal("https://sts.us-east-1.amazonaws.com/", transport.sent[1].url)
    assert.truthy(transport.sent[2].headers.Authorization:find("Credential=ASIAEXAMPLE/", 1, true))
    assert.equal("token-of-ASIAEXAMPLE", transport.sent[2].headers["X-Amz-Security-Token"])
  end)

  -- PUC Lua 5.1 yields across no pcall, no iterator and no callback from C.
  it("may yield wherever the transport does", function()
    local function text(body)
      return { status = 200, headers = {}, body = body }
    end
    local transport = fake_transport.new {
      text "token", text "role",
      text(('{"AccessKeyId": "ASIABASE", "SecretAccessKey": "%s", "Token": "t"}'):format(SECRET)),
      sts.credentials("AssumeRole", "ASIAEXAMPLE"),
      fake_transport.result("GetSendQuota", "<MaxSendRate>1</MaxSendRate>"),
    }
    local client = assert(ses.client("ses", { region = "us-east-1", transport = transport,
      credentials = credentials.assume_role { role_arn = ARN, source = credentials.imds(),
        mfa_serial = "arn:aws:iam::123456789012:mfa/me", mfa = function()
          coroutine.yield "typing"
          return "123456"
        end } }, aws.environment(aws.BARE)))
    transport.yields = true
    local result, err
    local thread = coroutine.create(function() result, err = client:get_send_quota() end)
    local yields = 0
    repeat
      assert(coroutine.resume(thread))
      yields = yields + 1
    until coroutine.status(thread) == "dead"
    assert.equal(1, ses.check(result, err).MaxSendRate)
    assert.truthy(yields > 20)
  end)

  it("is asked again where the service takes its token for expired", function()
    local transport = fake_transport.new {
      sts.credentials("AssumeRole", "ASIAFIRST"),
      fake_transport.fault(403, "ExpiredToken", "The security token is expired"),
      sts.credentials("AssumeRole", "ASIASECOND"),
      fake_transport.result("GetSendQuota", "<MaxSendRate>1</MaxSendRate>"),
    }
    local client = assert(ses.client("ses", { region = "us-east-1", transport = transport,
      credentials = credentials.assume_role { role_arn = ARN, source = PAIR } }))
    local send = transport.send
    function transport:send(...)
      self.clock = self.clock + 2
      return send(self, ...)
    end
    assert.truthy((client:get_send_quota()))
    assert.truthy(transport.sent[4].headers.Authorization:find("Credential=ASIASECOND/", 1, true))
  end)
end)

describe("assume_role", function()
  it("takes its source from a function, another provider, or AWS's places", function()
    for _, source in ipairs { function() return PAIR end, credentials.environment(),
                              credentials.refreshing(function() return PAIR end) } do
      local transport = fake_transport.new { sts.credentials("AssumeRole", "ASIAEXAMPLE") }
      local provider = credentials.assume_role { role_arn = ARN, source = source,
        session_name = "me", external_id = "x:1", duration = 3600, policy = "{}" }
      local found = assert(bind(provider, transport, { AWS_REGION = "us-east-1",
        AWS_ACCESS_KEY_ID = KEY, AWS_SECRET_ACCESS_KEY = SECRET })())
      assert.equal("ASIAEXAMPLE", found.access_key_id)
      assert.truthy(transport.sent[1].headers.Authorization:find("Credential=AKIDEXAMPLE/", 1,
        true))
      local sent = sts.parameters(transport.sent[1])
      assert.same({ "me", "x:1", "3600", "{}" },
        { sent.RoleSessionName, sent.ExternalId, sent.DurationSeconds, sent.Policy })
    end
  end)

  it("hands on why its source has nothing", function()
    local found, err = bind(credentials.assume_role { role_arn = ARN, source = function()
      return nil, "vault is sealed"
    end }, fake_transport.new())()
    assert.is_nil(found)
    assert.truthy(err.message:find("vault is sealed", 1, true))
  end)
end)

describe("refreshing", function()
  it("calls the function again before what it gave ends", function()
    local transport, fetched = fake_transport.new(), 0
    local get = bind(credentials.refreshing(function()
      fetched = fetched + 1
      return { access_key_id = "K" .. fetched, secret_access_key = SECRET,
               expires = transport.wall + 900 }
    end), transport)
    assert.equal("K1", get().access_key_id)
    transport.wall = transport.wall + 700
    assert.equal("K2", get().access_key_id)
  end)

  for name, fn in pairs {
    ["raises"] = function() error("boom", 0) end, ["gives nothing"] = function() end,
    ["gives text"] = function() return SECRET end,
    ["gives half"] = function() return { access_key_id = KEY } end,
    ["spells the token otherwise"] = function()
      return { access_key_id = KEY, secret_access_key = SECRET, token = "t" }
    end,
    ["gives what ended"] = function()
      return { access_key_id = KEY, secret_access_key = SECRET, expires = 5 }
    end,
  } do
    it("whose function " .. name .. " is an error", function()
      local found, err = bind(credentials.refreshing(fn), fake_transport.new())()
      assert.is_nil(found)
      assert.is_true(errors.is_error(err, "credentials"))
      assert.is_nil(tostring(err):find(SECRET, 1, true))
    end)
  end
end)

describe("making a provider", function()
  for name, case in pairs {
    assume_role = { {}, "ses.credentials.assume_role: role_arn: is missing" },
    web_identity = { { role_arn = "r" }, "ses.credentials.web_identity: token_file: is missing" },
    process = { { comand = "x" }, "unknown option 'comand'; did you mean 'command'?" },
    imds = { { timeout = -1 }, "timeout: expected a number of seconds above 0" },
    sso = { { start_url = "u", region = 5 }, "region: expected a string, got number" },
    container = { 5, "expected a table, got number" },
    refreshing = { {}, "expected a function, got table" },
  } do
    it("checks what " .. name .. " is given", function()
      local ok, message = pcall(function()
        local made = credentials[name](case[1])
        return made
      end)
      assert.is_false(ok)
      assert.truthy(message:find("provider_spec.lua", 1, true), message)
      assert.truthy(message:find(case[2], 1, true), message)
    end)
  end

  it("copies what it is given", function()
    local given = { role_arn = ARN, source = PAIR }
    local provider = credentials.assume_role(given)
    given.role_arn = "other"
    local transport = fake_transport.new { sts.credentials("AssumeRole", "ASIAEXAMPLE") }
    assert.truthy(bind(provider, transport)())
    assert.equal(ARN, sts.parameters(transport.sent[1]).RoleArn)
  end)
end)
