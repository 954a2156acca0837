-- Clients of SES that do the same steps and answer in the same terms.
--
-- A step is one of
--   {service, operation, params, as, attempts, page_size, presign}
--       a call: as is a key pair {id, secret, token}, attempts how often it is
--       tried (once where it is nil), page_size makes it a list of all pages,
--       presign an URL that is fetched without the client
--   {control = {method, name, body}}
--       a call of the emulator's control plane
-- and is answered by {result} or {error = {class, code, message, status}}, with
-- attempts where the client knows how many it made. Not every client has a
-- class or a status to tell.
--
-- A client is {name, missing, run}: missing() says why it cannot run, or nil;
-- run(host, steps) gives a list of answers.

local cjson = require "cjson"
local core = require "ses.core"
local names = require "ses.names"
local ses = require "ses"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"

local M = {}

local FOLDER = "spec/support/interop/"
local SDK = "build/interop/node_modules"

--- The key pair that the emulator knows.
M.KEY = { id = "AKIDEXAMPLE", secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }

--- Bytes in the parameters of a step.
---@param bytes string
---@return table
function M.blob(bytes)
  return { ["$base64"] = core.encode_base64(bytes) }
end

-- The first of some programs with which a command succeeds.
local function first(programs, command)
  for _, program in ipairs(programs) do
    local _, status = shell.run((command:gsub("PROGRAM", program)))
    if status == 0 then
      return program
    end
  end
end

-- Parameters with the blobs as this client wants them.
local function with_blobs(value, convert)
  if type(value) ~= "table" then
    return value
  elseif value["$base64"] then
    return convert(value["$base64"])
  end
  local copy = {}
  for name, item in pairs(value) do
    copy[name] = with_blobs(item, convert)
  end
  return copy
end

-- All pages of a step, with a function that makes one call.
local function all_pages(step, call)
  local pager = core.operation(step.service, step.operation).pager
  local params, pages = { [pager.limit] = step.page_size }, {}
  for name, value in pairs(step.params or {}) do
    params[name] = value
  end
  repeat
    local answer = call(params)
    if not answer.result then
      return answer
    end
    pages[#pages + 1] = answer.result
    params[pager.input_token] = answer.result[pager.output_token]
  until not params[pager.input_token]
  return { result = { pages = pages } }
end

-- Does every step with a function that does one, and the control plane itself.
local function one_by_one(call)
  return function(host, steps)
    local answers = {}
    for i, step in ipairs(steps) do
      local control = step.control
      if control then
        answers[i] = { result = host:control(control.method, control.name, control.body) }
      elseif step.page_size then
        answers[i] = all_pages(step, function(params)
          return call(host, step, params)
        end)
      else
        answers[i] = call(host, step, step.params or {})
      end
    end
    return answers
  end
end

M.own = {
  name = "ses.client over libcurl",
  missing = function() end,
  run = one_by_one(function(host, step, params)
    local key = step.as or M.KEY
    local client = assert(ses.client(step.service, {
      endpoint = host.url, region = "us-east-1", rate = false, retry = { mode = "off" },
      credentials = {
        access_key_id = key.id, secret_access_key = key.secret, session_token = key.token,
      },
    }))
    local result, err = client:call(step.operation, with_blobs(params, core.decode_base64))
    client:close()
    if not result then
      local modelled = core.shape(step.service, err.shape) and err.shape
      return { error = { class = modelled or "unmodelled", code = err.code,
                         message = err.message, status = err.status } }
    end
    result.ResponseMetadata = nil
    return { result = result }
  end),
}

local aws

-- What a program says that takes the environment and the arguments of the AWS CLI.
local function ask(host, program, arguments, step)
  local key = step and step.as or M.KEY
  return host:run(program .. " " .. arguments .. " --endpoint-url " .. host.url, {
    AWS_ACCESS_KEY_ID = key.id, AWS_SECRET_ACCESS_KEY = key.secret,
    AWS_SESSION_TOKEN = key.token, AWS_DEFAULT_REGION = "us-east-1", AWS_PAGER = "",
    AWS_EC2_METADATA_DISABLED = "true", AWS_MAX_ATTEMPTS = tostring(step and step.attempts or 1),
  })
end

--- What the AWS CLI says to some arguments.
---@param host spec.Host
---@param arguments string with quotes as the shell needs them
---@param step table|nil for its key pair and attempts
---@return {status: integer, out: string, errors: string}
function M.aws(host, arguments, step)
  return ask(host, aws, arguments, step)
end

--- What a command costs.
---@param host spec.Host
---@param program "aws"|"sesctl"
---@param arguments string with quotes as the shell needs them
---@return {status: integer, out: string, errors: string, seconds: number, kilobytes: integer}
---  kilobytes: the most that it had resident
function M.cost(host, program, arguments)
  local file = host:write("cost", "")
  local said = ask(host, ("'%s' '%s' %s"):format(tree.built "cost", file,
    program == "aws" and aws or program), arguments)
  local seconds, kilobytes = tree.read(file):match("^(%S+) (%d+)\n$")
  said.seconds, said.kilobytes = tonumber(seconds), tonumber(kilobytes)
  return said
end

--- What the AWS CLI says to some arguments, with the environment alone to get
--- its credentials from.
---@param host spec.Host
---@param arguments string with quotes as the shell needs them
---@param environment table<string, string>|nil
---@return {status: integer, out: string, errors: string}
function M.aws_in(host, arguments, environment)
  local all = { AWS_DEFAULT_REGION = "us-east-1", AWS_PAGER = "", AWS_MAX_ATTEMPTS = "1" }
  for name, value in pairs(environment or {}) do
    all[name] = value
  end
  return host:run(aws .. " --endpoint-url " .. host.url .. " " .. arguments, all)
end

M.cli = {
  name = "the AWS CLI",
  missing = function()
    aws = aws or first({ "/usr/bin/aws", "aws" }, "PROGRAM --version 2>&1 | grep -q ^aws-cli/2")
    return not aws and "there is no aws of version 2 (Debian: awscli)" or nil
  end,
  run = one_by_one(function(host, step, params)
    local input = with_blobs(params, function(base64)
      return base64
    end)
    local said = M.aws(host, ("%s %s --cli-input-json file://%s"):format(step.service,
      names.snake(step.operation):gsub("_", "-"), host:write("input.json", cjson.encode(input))),
      step)
    if said.status == 0 then
      return { result = said.out == "" and {} or cjson.decode(said.out) }
    end
    local code, rest = said.errors:match("An error occurred %((%w+)%) when calling the "
      .. step.operation .. " operation(.*)\n$")
    assert(code and said.status == 254, said.errors)
    return { error = { code = code, message = (rest:gsub("^ %b()", ""):gsub("^: ", "")) } }
  end),
}

-- A client whose program reads steps as JSON and writes answers.
local function driven(command, environment)
  return function(host, steps)
    local list = {}
    for i, step in ipairs(steps) do
      list[i] = {
        service = step.service, operation = step.operation, params = step.params,
        as = step.as or M.KEY, attempts = step.attempts, page_size = step.page_size,
        presign = step.presign, control = step.control,
      }
    end
    local input = host:write("steps.json", cjson.encode { url = host.url, steps = list })
    local said = host:run(command() .. " <'" .. input .. "'", environment)
    assert(said.status == 0, said.errors)
    local answers = cjson.decode(said.out)
    assert(#answers == #steps)
    return answers
  end
end

local python

M.boto3 = {
  name = "boto3",
  missing = function()
    python = python or first({ "/usr/bin/python3", "python3" }, "PROGRAM -c 'import boto3'")
    return not python and "python3 finds no boto3 (Debian: python3-boto3)" or nil
  end,
  run = driven(function()
    return python .. " " .. FOLDER .. "boto3_driver.py"
  end, { AWS_EC2_METADATA_DISABLED = "true" }),
}

-- A Python whose boto3 takes endpoints of services from the environment.
local newer_python

--- Why no boto3 here can be sent to the emulator for the credentials of roles and
--- of SSO, or nil.
---@return string|nil
function M.boto3_endpoints_missing()
  newer_python = newer_python or first({ "/usr/bin/python3", "python3" }, "PROGRAM -c '"
    .. "import boto3; exit([int(n) for n in boto3.__version__.split(\".\")[:2]] < [1, 28])'")
  return not newer_python and "python3 finds no boto3 from 1.28, which AWS_ENDPOINT_URL needs"
    or nil
end

--- What boto3 gets credentials by, and does with them.
---@param host spec.Host
---@param environment table<string, string> what they come from
---@param newer boolean|nil the boto3 that takes endpoints from the environment
---@return {method: string, arn: string, max_24_hour_send: number}
function M.boto3_credentials(host, environment, newer)
  local said = host:run((newer and newer_python or python) .. " " .. FOLDER
    .. "boto3_credentials.py " .. host.url, environment)
  assert(said.status == 0, said.errors)
  return cjson.decode(said.out)
end

M.javascript = {
  name = "the AWS SDK for JavaScript",
  missing = function()
    if not first({ "node" }, "PROGRAM --version") then
      return "there is no node (Debian: nodejs)"
    elseif not first({ "node" }, "NODE_PATH=" .. SDK
      .. " PROGRAM -e 'require(\"@aws-sdk/client-ses\"), require(\"@aws-sdk/client-sesv2\")'") then
      return "it is not in " .. SDK .. " (make deps-js fetches it)"
    end
  end,
  run = driven(function()
    return "node " .. FOLDER .. "javascript_driver.js"
  end, { NODE_PATH = SDK }),
}

local curl

--- Why curl cannot sign requests here, or nil.
---@return string|nil
function M.curl_missing()
  curl = curl or first({ "curl" }, "PROGRAM --help all | grep -q -e --aws-sigv4")
  return not curl and "there is no curl with --aws-sigv4" or nil
end

--- What curl answers to some arguments: the body, and the status as `status`.
---@param host spec.Host
---@param arguments string with quotes as the shell needs them
---@return {status: integer, body: string}
function M.curl(host, arguments)
  local said = host:run(curl .. " --silent --show-error --write-out '\n%{http_code}' "
    .. arguments)
  assert(said.status == 0, said.errors)
  local body, status = said.out:match("^(.*)\n(%d+)$")
  return { status = tonumber(status), body = body }
end

--- Whether this run is the one in which other people's clients take part: one
--- of each `make test` and each `.ci/run` is enough, that on the plain build for
--- Lua 5.4. Our own client takes part in every run.
---@type boolean
M.all_take_part = _VERSION == "Lua 5.4"
  and not tree.shared_object("ses.core"):find("%-asan/")

--- The clients that take part in this run.
---@return table[]
function M.list()
  if M.all_take_part then
    return { M.own, M.cli, M.boto3, M.javascript }
  end
  return { M.own }
end

return M
