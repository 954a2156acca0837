-- AWS's scenarios of the whole credential chain: an environment, files, and the
-- requests that are made.

local aws = require "spec.support.aws"
local credentials = require "ses.credentials"
local fake_transport = require "spec.support.fake_transport"
local profiles = require "ses.profiles"
local vectors = require "spec.support.vectors"

local FOLDER = "credentials-chain/default-provider-chain"

if not vectors.root then
  describe("the credential chain", function()
    it("is AWS's", function()
      pending("SES_VECTORS is not set: AWS's scenarios of the credential chain are not run")
    end)
  end)
  return
end

-- What only the JVM has.
local FOREIGN = { prefer_system_properties = true }

-- Before any of the recorded credentials end.
local LONG_AGO = 1200000000

local function parts(url)
  local origin, path, query = url:match("^(%a+://[^/?]+)([^?]*)%??(.*)$")
  local pairs_of_query = {}
  for pair in query:gmatch("[^&]+") do
    pairs_of_query[#pairs_of_query + 1] = pair
  end
  table.sort(pairs_of_query)
  return { origin = origin, path = path, query = table.concat(pairs_of_query, "&") }
end

local function plain(value)
  return value ~= vectors.null and value or nil
end

-- Answers a request as recorded, if it is the recorded one.
local function answer(exchange)
  return function(request)
    assert.equal(exchange.request.method, request.method)
    assert.same(parts(exchange.request.uri), parts(request.url))
    local headers = {}
    for name, value in pairs(exchange.response.headers) do
      headers[name:lower()] = value
    end
    return { status = exchange.response.status, headers = headers,
             body = plain(exchange.response.body) or "" }
  end
end

local function traffic(name)
  local path = FOLDER .. "/" .. name .. "/http-traffic.json"
  local answers = {}
  for i, exchange in ipairs(vectors.read(path) and vectors.json(path) or {}) do
    answers[i] = answer(exchange)
  end
  return answers
end

local function run(name)
  local root = vectors.root .. "/" .. FOLDER .. "/" .. name
  local variables = {}
  for key, value in pairs(vectors.json(FOLDER .. "/" .. name .. "/env.json")) do
    variables[key] = value
  end
  variables.HOME = root .. "/fs" .. variables.HOME
  -- Some of them leave the region to the JVM's default.
  variables.AWS_DEFAULT_REGION = nil
  local transport = fake_transport.new(traffic(name))
  transport.wall = LONG_AGO
  profiles.forget()
  local settings = assert(aws.settings({}, variables)
    or aws.settings({ region = "us-east-1" }, variables))
  local found, err = credentials.default():bind(transport, settings)()
  return found, err, transport
end

describe("the credential chain", function()
  local names = vectors.list(FOLDER)

  it("has 19 scenarios", function()
    assert.equal(19, #names)
  end)

  for _, name in ipairs(names) do
    if not FOREIGN[name] then
      it("does as in " .. name, function()
        local expected = vectors.json(FOLDER .. "/" .. name .. "/test-case.json").result
        local found, err, transport = run(name)
        if expected.Ok then
          assert.same({
            access_key_id = expected.Ok.access_key_id,
            secret_access_key = expected.Ok.secret_access_key,
            session_token = expected.Ok.session_token,
          }, assert(found, tostring(err)))
        else
          assert.is_nil(found)
          assert.equal("credentials", err.kind)
        end
        assert.equal(0, #transport.answers)
      end)
    end
  end
end)
