local core = require "ses.core"
local fake_transport = require "spec.support.fake_transport"
local names = require "ses.names"
local new_client = require "ses.client".new
local ses = require "ses"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local PAIR = { access_key_id = "AKIDEXAMPLE", secret_access_key = SECRET }

-- A client on a fake transport, which has no say in where settings come from.
local function client(service, options, answers)
  local given = { region = "eu-west-1", credentials = PAIR,
    transport = fake_transport.new(answers) }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return assert(ses.client(service, given)), given
end

-- What a misuse raises; it must point into this file.
local function raised(fn, ...)
  local ok, message = pcall(fn, ...)
  assert.is_false(ok)
  local text = message:match("client_spec%.lua:%d+: (.*)$")
  assert.truthy(text, message)
  return text
end

describe("ses.client", function()
  it("makes a client of either API", function()
    local v1 = client("ses")
    assert.equal("ses", v1.service)
    assert.equal("eu-west-1", v1.region)
    assert.equal("https://email.eu-west-1.amazonaws.com", v1.endpoint)
    assert.equal("ses client (eu-west-1)", tostring(v1))
    assert.equal("sesv2", client("sesv2").service)
  end)

  it("knows no other service", function()
    for _, service in ipairs { "sns", "SES", "email", 5, false } do
      local text = raised(function()
        return ses.client(service), nil
      end)
      assert.truthy(text:find("'ses' (API v1) and 'sesv2' (API v2)", 1, true), text)
    end
  end)

  for _, case in ipairs {
    { { regoin = "x" }, "ses.client: unknown option 'regoin'; did you mean 'region'?" },
    { { colour = "x" }, "ses.client: unknown option 'colour'" },
    { { accessKeyId = "x" }, "ses.client: unknown option 'accessKeyId'; did you mean"
      .. " 'credentials.access_key_id'?" },
    { { aws_access_key_id = "x" }, "ses.client: unknown option 'aws_access_key_id'; did you mean"
      .. " 'credentials.access_key_id'?" },
    { { region_name = "x" }, "ses.client: unknown option 'region_name'; did you mean 'region'?" },
    { { endpoint_url = "x" },
      "ses.client: unknown option 'endpoint_url'; did you mean 'endpoint'?" },
    { { region = 5 }, "ses.client: region: expected a string, got number" },
    { { verify = "no" }, "ses.client: verify: expected a boolean, got string" },
    { { timeout = 5 }, "ses.client: timeout: expected a table such as"
      .. " {connect = 5, attempt = 60}, got number" },
    { { timeout = { read = 5 } }, "ses.client: unknown option 'timeout.read'" },
    { { timeout = { idle = 0 } },
      "ses.client: timeout.idle: expected a number of seconds above 0, got 0" },
    { { read_timeout = 5 },
      "ses.client: unknown option 'read_timeout'; did you mean 'timeout.idle'?" },
    { { credentials = { access_key_id = "A", secret_access_key = "s", SessionToken = "t" } },
      "ses.client: credentials: unknown member 'SessionToken'; did you mean 'session_token'?" },
    { { credentials = { access_key_id = "A" } },
      "ses.client: credentials: secret_access_key: expected a string, got nil" },
    { { transport = {} }, "ses.client: transport: it is not a transport: it has no method send" },
    { { transport = ses.emulator.new() },
      "ses.client: transport: it is an emulator: pass emulator:transport()" },
    { { transport = "curl" }, "ses.client: transport: expected a transport, got string" },
    { { user_agent_extra = "a\nb" },
      "ses.client: user_agent_extra: expected printable ASCII, on one line" },
    { "eu-west-1", "ses.client: options: expected a table, got string" },
  } do
    it("raises: " .. case[2], function()
      assert.equal(case[2], raised(function()
        return ses.client("ses", case[1]), nil
      end))
    end)
  end

  it("returns what the environment lacks", function()
    local transport = fake_transport.new()
    local made, err = new_client("sesv2", { transport = transport }, function() end)
    assert.is_nil(made)
    assert.is_true(ses.is_error(err, "config", "MissingRegion"))
    assert.equal("sesv2", err.service)
    made, err = ses.client("ses", { transport = transport, region = "a/b" })
    assert.is_nil(made)
    assert.is_true(ses.is_error(err, "config", "InvalidRegion"))
    made, err = ses.client("ses", { transport = transport, region = "a", endpoint = "h" })
    assert.is_nil(made)
    assert.is_true(ses.is_error(err, "config", "InvalidEndpoint"))
    made, err = ses.client("ses", { transport = transport, region = "a",
      credentials = { access_key_id = "A", secret_access_key = SECRET .. "\n" } })
    assert.is_nil(made)
    assert.is_true(ses.is_error(err, "credentials", "InvalidCredentials"))
    assert.is_nil(tostring(err):find(SECRET, 1, true))
  end)

  it("returns why libcurl cannot be loaded", function()
    local loaded, preload = package.loaded["ses.transport"], package.preload["ses.transport"]
    package.loaded["ses.transport"] = nil
    package.preload["ses.transport"] = function()
      error("libcurl.so.4: no such file", 0)
    end
    local made, err = ses.client("ses", { region = "eu-west-1" })
    package.loaded["ses.transport"], package.preload["ses.transport"] = loaded, preload
    assert.is_nil(made)
    assert.is_true(ses.is_error(err, "config", "NoTransport"))
    assert.truthy(err.message:find("libcurl.so.4", 1, true))
  end)

  it("takes what a transport has defaults for from there", function()
    local transport = fake_transport.new()
    transport.defaults = { region = "us-west-2", credentials = PAIR }
    local v2 = assert(ses.client("sesv2", { transport = transport }))
    assert.equal("us-west-2", v2.region)
    local signed = assert(v2:get_account(nil, { dry_run = true }))
    assert.truthy(signed.headers.Authorization:find("AKIDEXAMPLE/%d+/us%-west%-2/ses/"))
  end)

  it("shares nothing where there is no nginx", function()
    local made, err = ses.client("ses", { transport = fake_transport.new(), shared = "ses" })
    assert.is_nil(made)
    assert.is_true(ses.is_error(err, "config", "NotInNginx"))
    assert.equal("ses", err.service)
    assert.equal("ses.client: shared: expected a string, got boolean", raised(function()
      return ses.client("ses", { shared = true }), nil
    end))
  end)

  it("copies its options", function()
    local pair = { access_key_id = "AKIDEXAMPLE", secret_access_key = SECRET }
    local timeout = { attempt = 7 }
    local v2, given = client("sesv2", { credentials = pair, timeout = timeout },
      { fake_transport.json(200, "{}") })
    pair.access_key_id, timeout.attempt, given.region = "CHANGED", 8, "changed"
    assert(v2:get_account())
    local sent = given.transport.sent[1]
    assert.truthy(sent.headers.Authorization:find("AKIDEXAMPLE/%d+/eu%-west%-1/"))
    assert.equal(1007, given.transport.deadlines[1])
  end)

  it("shows no secret to those who look into a client", function()
    local v1 = client("ses")
    local seen = {}
    local function look(value)
      assert.is_nil(tostring(value):find(SECRET, 1, true))
      if type(value) == "table" and not seen[value] then
        seen[value] = true
        for key, field in pairs(value) do
          look(key)
          look(field)
        end
      end
    end
    look(v1)
  end)
end)

describe("a client's methods", function()
  it("are every operation, by boto3's names", function()
    for _, service in ipairs { "ses", "sesv2" } do
      local made = client(service)
      local operations = core.service(service).operations
      assert.truthy(#operations > 70)
      for _, name in ipairs(operations) do
        assert.equal("function", type(made[names.snake(name)]))
      end
    end
  end)

  it("of their own hide no operation", function()
    for _, service in ipairs { "ses", "sesv2" } do
      for _, name in ipairs(core.service(service).operations) do
        local method = names.snake(name)
        for _, own in ipairs { "call", "close", "service", "region", "endpoint", "_context" } do
          assert.not_equal(own, method)
        end
      end
    end
  end)

  it("that do not exist raise, with the nearest name", function()
    local v1 = client("ses")
    assert.equal("ses client has no operation 'set_identity_mail_from_domian'; did you mean"
      .. " 'set_identity_mail_from_domain'?", raised(function()
      return v1:set_identity_mail_from_domian {}, nil
    end))
    assert.equal("ses client has no operation 'SendEmail'; did you mean 'send_email'?",
      raised(function()
        return v1:SendEmail {}, nil
      end))
    assert.equal("ses client has no operation 'xyzzy'", raised(function()
      return v1.xyzzy
    end))
    assert.equal("ses client has no operation '1'", raised(function()
      return v1[1]
    end))
  end)

  it("of the other API are told from slips of the keyboard", function()
    local v1, v2 = client("ses"), client("sesv2")
    assert.equal("ses client has no operation 'put_email_identity_mail_from_attributes', which is"
      .. " of API v2: ses.client(\"sesv2\"); in API v1 that is 'set_identity_mail_from_domain'",
      raised(function()
        return v1:put_email_identity_mail_from_attributes {}, nil
      end))
    assert.equal("sesv2 has no operation 'SetIdentityMailFromDomain', which is of API v1:"
      .. " ses.client(\"ses\"); in API v2 that is 'PutEmailIdentityMailFromAttributes'",
      raised(function()
        return v2:call("SetIdentityMailFromDomain", {}), nil
      end))
    assert.equal("ses client has no operation 'get_message_insights', which is of API v2:"
      .. " ses.client(\"sesv2\")", raised(function()
      return v1:get_message_insights {}, nil
    end))
  end)

  it("name counterparts that exist, of operations that do not", function()
    local v1, v2 = client("ses"), client("sesv2")
    local counted = 0
    for here, there in pairs { [v1] = "sesv2", [v2] = "ses" } do
      for _, name in ipairs(core.service(there).operations) do
        if not core.operation(here.service, name) then
          local found = raised(function()
            return here:call(name), nil
          end):match("in API v[12] that is '(%w+)'")
          if found then
            counted = counted + 1
            assert.truthy(core.operation(here.service, found), found)
          end
        end
      end
    end
    assert.equal(14, counted)
  end)

  it("are called with a colon, and a table", function()
    local v1 = client("ses")
    assert.equal("get_send_quota: call it with a colon: client:get_send_quota(...)",
      raised(function()
        return v1.get_send_quota(), nil
      end))
    assert.equal("get_send_quota: call it with a colon: client:get_send_quota(...)",
      raised(function()
        return v1.get_send_quota {}, nil
      end))
    assert.equal("verify_domain_identity: expected a table of parameters, got string",
      raised(function()
        return v1:verify_domain_identity "example.com", nil
      end))
    assert.equal("close: call it with a colon: client:close()", raised(function()
      v1.close()
    end))
  end)

  it("take a timeout and dry_run, and nothing else", function()
    local v1 = client("ses")
    assert.equal("get_send_quota: unknown option 'dryrun'; did you mean 'dry_run'?",
      raised(function()
        return v1:get_send_quota({}, { dryrun = true }), nil
      end))
    assert.equal("get_send_quota: options: expected a table, got boolean", raised(function()
      return v1:get_send_quota({}, true), nil
    end))
    assert.equal("get_send_quota: unknown option 'timeout.connect' (for one call: attempt and"
      .. " total)", raised(function()
      return v1:get_send_quota({}, { timeout = { connect = 1 } }), nil
    end))
  end)
end)

describe("client:call", function()
  it("calls an operation by AWS's name", function()
    local v1, given = client("ses", nil, { fake_transport.result("GetSendQuota",
      "<Max24HourSend>200.0</Max24HourSend>"), fake_transport.result("GetSendQuota") })
    assert.equal(200, assert(v1:call("GetSendQuota")).Max24HourSend)
    assert(v1:call("GetSendQuota", {}, { timeout = { attempt = 1 } }))
    -- A second later, for its turn.
    assert.equal(1002, given.transport.deadlines[2])
  end)

  it("raises on a name that does not exist", function()
    local v2 = client("sesv2")
    assert.equal("sesv2 has no operation 'SendMail'; did you mean 'SendEmail'?",
      raised(function()
        return v2:call("SendMail", {}), nil
      end))
    assert.equal("sesv2 has no operation 'get_account'; did you mean 'GetAccount'?",
      raised(function()
        return v2:call("get_account"), nil
      end))
    assert.equal("sesv2 has no operation 'nil'", raised(function()
      return v2:call(), nil
    end))
  end)
end)

describe("client:close", function()
  it("ends a client, and may be repeated", function()
    local v1, given = client("ses")
    v1:close()
    v1:close()
    assert.equal("get_send_quota: the client is closed", raised(function()
      return v1:get_send_quota(), nil
    end))
    assert.equal("call: the client is closed", raised(function()
      return v1:call("GetSendQuota"), nil
    end))
    assert.is_nil(given.transport.closed)
  end)

  if _VERSION == "Lua 5.4" then
    it("happens at the end of a scope", function()
      local v1 = client("ses")
      load("local client <close> = ...")(v1)
      assert.truthy(raised(function()
        return v1:get_send_quota(), nil
      end):find("closed", 1, true))
    end)
  end
end)
