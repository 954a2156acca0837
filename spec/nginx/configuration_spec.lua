-- What nginx withholds until its configuration grants it: each error names the
-- directive.

local cjson = require "cjson"
local http_server = require "spec.support.http_server"
local nginx = require "spec.support.nginx"

local missing = nginx.missing()
if missing then
  describe("what nginx withholds", function()
    it("is named", function()
      pending(missing .. ": nothing is withheld")
    end)
  end)
  return
end

describe("what nginx withholds:", function()
  local server

  -- What a job says in a worker that was given these directives.
  local function run(jobs, job, directives, main)
    return cjson.decode(nginx.run {
      workers = 1, seconds = 60, level = "crit", jobs = jobs, job = job, main = main,
      http = "lua_socket_log_errors off;" .. directives, given = server.description,
    }[1])
  end

  local function send(job, directives)
    return run("spec.support.transport_jobs", job, directives)
  end

  -- What clients say; see spec.support.nginx_configuration.
  local function ask(main)
    return run("spec.support.nginx_configuration", "tell", "", main)
  end

  local function has(text, ...)
    for _, part in ipairs { ... } do
      assert.truthy(text:find(part, 1, true), text)
    end
  end

  local function has_not(text, ...)
    for _, part in ipairs { ... } do
      assert.is_nil(text:find(part, 1, true), text)
    end
  end

  setup(function()
    server = http_server.start()
  end)

  teardown(function()
    server:stop()
  end)

  it("certificates to trust, without which it verifies all the same", function()
    local err = send("verify", "")
    assert.equal("TLSVerification", err.code)
    assert.equal("none", err.sent)
    has(err.message, '"lua_ssl_trusted_certificate ', "lua_ssl_verify_depth", "the block http",
      "localhost:" .. server.tls)
  end)

  it("long chains of certificates", function()
    local trusted = "lua_ssl_trusted_certificate " .. server.ca .. ";"
    local err = send("verify_deep", trusted)
    assert.equal("TLSVerification", err.code)
    assert.equal("none", err.sent)
    has(err.message, "how many others may be between", 'lua_ssl_verify_depth 5;"',
      "the block http", "localhost:" .. server.deep)
    assert.equal(200, send("reach_deep", trusted .. " lua_ssl_verify_depth 2;"))
  end)

  it("a resolver", function()
    local err = send("resolve", "")
    assert.equal("NameResolution", err.code)
    assert.equal("none", err.sent)
    has(err.message, "directive resolver", '"resolver 127.0.0.53;"', "the block http",
      "mail.here.test:80")
  end)

  it("the environment", function()
    local said = ask "env AWS_EC2_METADATA_DISABLED;"
    has(said.region, "MissingRegion", "directive env", "main block", '"env AWS_REGION; ',
      "env HOME;")
    has(said.profile, "ProfileNotFound", "directive env", "main block", '"env HOME; ',
      "env AWS_CONFIG_FILE;", "env AWS_SHARED_CREDENTIALS_FILE;")
    has(said.credentials, "NoCredentials", "AWS_EC2_METADATA_DISABLED turns", "directive env",
      "main block", '"env AWS_ACCESS_KEY_ID; env AWS_SECRET_ACCESS_KEY; env AWS_SESSION_TOKEN;',
      "env AWS_PROFILE;", "env HOME;", "env AWS_WEB_IDENTITY_TOKEN_FILE;",
      "env AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;")
    has(said.environment, "NoCredentials", "directive env", '"env AWS_ACCESS_KEY_ID;')
    has(said.container, "NoCredentials", "directive env",
      '"env AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;')
    -- Whoever answers for the environment may have what nginx has not.
    has(said.answered, "MissingRegion")
    has_not(said.answered, "nginx")
  end)

  it("what of the environment its configuration does not name", function()
    local said = ask [[
      env AWS_EC2_METADATA_DISABLED; env HOME; env AWS_REGION=eu-west-1;
      env AWS_ACCESS_KEY_ID=AKIDEXAMPLE;]]
    assert.equal("ok", said.region)
    has(said.credentials, "PartialCredentials", "directive env", '"env AWS_SECRET_ACCESS_KEY;"')
    has_not(said.profile, "env HOME;")
  end)

  it("nothing else of the environment", function()
    local said = ask [[
      env AWS_ACCESS_KEY_ID=AKIDEXAMPLE;
      env AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY;]]
    assert.equal("ok", said.credentials)
    assert.equal("ok", said.environment)
  end)

  it("certificates of a client's own, which no directive grants", function()
    local said = ask("env AWS_EC2_METADATA_DISABLED; env AWS_CA_BUNDLE=" .. server.ca .. ";")
    has(said.bundle, "config CABundle", "ca_bundle cannot be used in nginx", "AWS_CA_BUNDLE",
      "lua_ssl_trusted_certificate")
    has(said.bundle_by_environment, "config CABundle", "lua_ssl_trusted_certificate")
    assert.equal("ok", said.bundle_unverified)
    assert.equal("ok", said.bundle_unread)
    has(said.secure_proxy, "config InvalidRequest", "proxy is not an http URL")
    has_not(said.secure_proxy, "secret")
  end)
end)
