--- Errors as the AWS CLI tells them, and the exit codes that go with them.
local document = require "ses.cli.document"
local output = require "ses.cli.output"

local M = {}

--- The AWS CLI's exit codes.
M.OK, M.USAGE, M.CONFIGURATION, M.SERVICE, M.GENERAL = 0, 252, 253, 254, 255

local USAGE = [[

usage: sesctl [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  sesctl help
  sesctl <command> help
  sesctl <command> <subcommand> help
]]

---@class ses.cli.Failure
---@field code string|nil
---@field message string
---@field rc integer
---@field operation string|nil of a service's error
---@field retries integer|nil how often the call was repeated in vain
---@field details table|nil further members of a service's error
---@field usage "before"|"after"|nil where the usage is told as well

local CONNECTS = {
  ConnectionRefused = true, ConnectionFailed = true, NameResolution = true, ProxyFailure = true,
}

-- What the AWS CLI says where no answer came.
local function of_transport(err, url)
  local text = err.message
  if CONNECTS[err.code] then
    text = ('Could not connect to the endpoint URL: "%s"'):format(url)
  elseif err.code == "ConnectTimeout" then
    text = ('Connect timeout on endpoint URL: "%s"'):format(url)
  elseif err.code == "AttemptTimeout" then
    text = ('Read timeout on endpoint URL: "%s"'):format(url)
  elseif err.code == "ConnectionClosed" then
    text = ('Connection was closed before we received a valid response from endpoint URL: "%s".')
      :format(url)
  elseif err.code == "TLSVerification" or err.code == "TLSHandshake" then
    text = ("SSL validation failed for %s %s"):format(url, err.message)
  end
  return { message = text, rc = M.GENERAL }
end

local function of_service(err)
  return {
    code = err.code, message = err.message or "", rc = M.SERVICE, operation = err.operation,
    retries = err.attempts > 1 and err.retryable and err.attempts - 1 or nil,
    details = err.details,
  }
end

local by_kind = {
  service = of_service,
  transport = of_transport,
  timeout = of_transport,
}

function by_kind.config(err)
  if err.code == "MissingRegion" then
    return { code = "NoRegion", rc = M.CONFIGURATION,
             message = "You must specify a region: " .. err.message }
  end
  return { message = err.message, rc = M.GENERAL }
end

function by_kind.credentials(err)
  if err.code == "NoCredentials" then
    return { code = "NoCredentials", rc = M.CONFIGURATION,
             message = "Unable to locate credentials: " .. err.message }
  end
  return { message = err.message, rc = M.GENERAL }
end

function by_kind.decode(err)
  return { rc = M.GENERAL, message = ("Unable to parse response (%s). Further retries may succeed:"
    .. "\n%s"):format(err.message, err.excerpt or "") }
end

--- What an error of the library means.
---@param err ses.Error
---@param url string of the endpoint
---@param call {service: string, operation: string, document: table}|nil the call that was made
---@return ses.cli.Failure
function M.of_error(err, url, call)
  if err.kind == "validation" and call then
    local text = require("ses.cli.faults").text
    return { code = "ParamValidation", rc = M.USAGE,
             message = text(err.details, call.service, call.operation, call.document) }
  end
  local read = by_kind[err.kind]
  return read and read(err, url) or { message = tostring(err), rc = M.GENERAL }
end

local KINDS = {
  usage = { code = "ParamValidation", usage = "after" },
  unknown = { usage = "before" },
  param = { code = "ParamValidation" },
  general = {},
}

--- What a refused command line means.
---@param refusal ses.cli.Refusal
---@return ses.cli.Failure
function M.of_refusal(refusal)
  local kind = KINDS[refusal.kind]
  return { code = kind.code, usage = kind.usage, message = refusal.message, rc = refusal.rc }
end

local function sentence(failure)
  if not failure.code then
    return failure.message
  elseif not failure.operation then
    return ("An error occurred (%s): %s"):format(failure.code, failure.message)
  end
  local retries = failure.retries and (" (reached max retries: %d)"):format(failure.retries) or ""
  return ("An error occurred (%s) when calling the %s operation%s: %s"):format(failure.code,
    failure.operation, retries, failure.message)
end

-- The members that a service's error has beyond its message.
local function more(failure)
  local lines = {}
  for name, value in pairs(failure.details or {}) do
    if type(value) ~= "table" then
      lines[#lines + 1] = ("%s: %s"):format(name, tostring(value))
    end
  end
  table.sort(lines)
  return #lines > 0 and "\n\nAdditional error details:\n" .. table.concat(lines, "\n") or ""
end

local function as_document(failure)
  local object = document.object()
  document.set(object, "Code", failure.code or "")
  document.set(object, "Message", failure.message)
  return object
end

local function told(failure, format)
  if format == "json" then
    return require("ses.cli.json").encode(as_document(failure), 4) .. "\n"
  elseif format == "text" then
    return (failure.code or "") .. "\t" .. failure.message .. "\n"
  elseif format == "yaml" or format == "table" then
    local parts = {}
    local formatter = output.new(format, { operation = "error", write = function(text)
      parts[#parts + 1] = text
      return true
    end })
    formatter:page(as_document(failure))
    formatter:finish()
    return table.concat(parts)
  end
  return "\nsesctl: [ERROR]: " .. sentence(failure)
    .. (format ~= "legacy" and more(failure) or "") .. "\n"
end

--- Tells a failure on standard error.
---@param failure ses.cli.Failure
---@param format string|nil --cli-error-format
---@return integer exit code
function M.tell(failure, format)
  local text = told(failure, format)
  if failure.usage == "before" then
    text = USAGE .. text
  elseif failure.usage == "after" then
    text = text .. USAGE
  end
  io.stderr:write(text)
  return failure.rc
end

return M
