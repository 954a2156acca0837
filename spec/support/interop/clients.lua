-- Clients of SES that do the same steps and answer in the same terms; see
-- spec.support.interop.steps.
--
-- A client is {name, missing, run}: missing() says why it cannot run, or nil;
-- run(host, steps) gives a list of answers.

local cjson = require "cjson"
local names = require "ses.names"
local ses = require "ses"
local shell = require "spec.support.shell"
local steps_of = require "spec.support.interop.steps"
local tree = require "spec.support.tree"

local M = {}

local FOLDER = "spec/support/interop/"
local SDK = "build/interop/node_modules"

M.KEY = steps_of.KEY

-- The first of some programs with which a command succeeds.
local function first(programs, command)
  for _, program in ipairs(programs) do
    local _, status = shell.run((command:gsub("PROGRAM", program)))
    if status == 0 then
      return program
    end
  end
end

M.own = {
  name = "ses.client",
  run = function(host, steps)
    return steps_of.own(host, steps, function(step, credentials)
      return assert(ses.client(step.service, {
        endpoint = host.url, region = "us-east-1", rate = false, retry = { mode = "off" },
        credentials = credentials,
      }))
    end)
  end,
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
  starts_anew = true,
  run = steps_of.one_by_one(function(host, step, params)
    local input = steps_of.with_blobs(params, function(base64)
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
--- Lua 5.4.
---@type boolean
M.all_take_part = _VERSION == "Lua 5.4"
  and not tree.shared_object("ses.core"):find("%-asan/")

--- Other people's clients.
---@type table[]
M.others = { M.cli, M.boto3, M.javascript }

return M
