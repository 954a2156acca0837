--- Errors as the AWS CLI tells them, and the exit codes that go with them.
local document = require "ses.cli.document"
local globals_of = require "ses.cli.globals"
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
---@field usage_text string|nil nil: sesctl's own

local CONNECTS = {
  ConnectionRefused = true, ConnectionFailed = true, NameResolution = true, ProxyFailure = true,
}

-- A name that does not exist is most often that of a region.
local function region_hint(globals)
  local known = {}
  for _, partition in ipairs(require "ses.partitions") do
    for name in pairs(partition.regions) do
      known[name] = true
    end
  end
  if globals.endpoint_url or not globals.region or known[globals.region] then
    return ""
  end
  return (" (--region: no region is called '%s' here%s)"):format(globals.region,
    require("ses.nearest").hint(globals.region, known))
end

-- What the AWS CLI says where no answer came.
local function of_transport(err, globals)
  local text, url = err.message, err.url
  if CONNECTS[err.code] then
    text = ('Could not connect to the endpoint URL: "%s"'):format(url)
      .. (err.code == "NameResolution" and region_hint(globals) or "")
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

--- The message of a service's error. What XML does not have is unknown to botocore, and
--- what JSON does not have is empty.
---@param err ses.Error
---@return string
function M.service_message(err)
  return err.message or err.service == "ses" and "Unknown" or ""
end

local function of_service(err)
  return {
    message = M.service_message(err),
    code = err.code, rc = M.SERVICE, operation = err.operation,
    retries = err.retryable and err.attempts - 1 or nil,
    details = err.details,
  }
end

local by_kind = {
  service = of_service,
  transport = of_transport,
  timeout = of_transport,
}

-- What the library calls an option of its own, and what it is here.
local OPTIONS = {
  ca_bundle = "--ca-bundle", endpoint = "--endpoint-url", profile = "--profile",
  region = "--region",
}

local function of_option(text)
  return (text:gsub("the option ([%l_]+)", OPTIONS))
end

-- By code: how the AWS CLI says it. What can be done about it is ours.
local SETTINGS = {
  MissingRegion = function()
    return { code = "NoRegion", rc = M.CONFIGURATION,
             message = "You must specify a region. Pass --region, set AWS_REGION or"
               .. " AWS_DEFAULT_REGION, or give the profile a region in ~/.aws/config." }
  end,
  NoCredentials = function(err, globals)
    return { code = "NoCredentials", rc = M.CONFIGURATION,
             message = "Unable to locate credentials. Set AWS_ACCESS_KEY_ID and"
               .. " AWS_SECRET_ACCESS_KEY, or give the profile keys or a role in"
               .. " ~/.aws/credentials or ~/.aws/config." .. (globals.debug and "\n"
               .. err.message:gsub("; tried ", "; tried\n"):gsub("%), ", ")\n")
               or " With --debug all is told that was tried.") }
  end,
  PartialCredentials = function(err)
    local has_id = (os.getenv "AWS_ACCESS_KEY_ID" or "") ~= ""
    local has_secret = (os.getenv "AWS_SECRET_ACCESS_KEY" or "") ~= ""
    if has_id == has_secret then
      return { message = err.message } -- of a profile
    end
    return { message = "Partial credentials found in env, missing: "
      .. (has_id and "AWS_SECRET_ACCESS_KEY" or "AWS_ACCESS_KEY_ID") }
  end,
  ProfileNotFound = function(err, globals)
    local name = globals.profile or os.getenv "AWS_PROFILE" or os.getenv "AWS_DEFAULT_PROFILE"
    return { message = ("The config profile (%s) could not be found: %s"):format(name,
      err.message) }
  end,
  InvalidRegion = function(err, globals)
    return { message = globals.region and ("Provided region_name %s doesn't match a supported"
      .. " format."):format(require("ses.cli.python").repr(globals.region)) or err.message }
  end,
}

local function of_settings(err, globals)
  local tell = SETTINGS[err.code]
  local failure = tell and tell(err, globals) or { message = err.message }
  failure.message = of_option(failure.message)
  failure.rc = failure.rc or M.GENERAL
  return failure
end

by_kind.config = of_settings
by_kind.credentials = of_settings

-- An error that is no JSON has its status for a code, to the AWS CLI.
function by_kind.decode(err)
  if err.service == "sesv2" and err.status and err.status >= 300 then
    return { code = tostring(err.status), message = err.excerpt or "", rc = M.SERVICE,
             operation = err.operation, retries = err.retryable and err.attempts - 1 or nil }
  end
  return { rc = M.GENERAL, message = ("Unable to parse response (%s). Further retries may succeed:"
    .. "\n%s"):format(err.message, err.excerpt or "") }
end

--- What an error of the library means.
---@param err ses.Error
---@param globals ses.cli.Globals
---@param call {service: string, operation: string, document: table}|nil the call that was made
---@return ses.cli.Failure
function M.of_error(err, globals, call)
  if err.kind == "validation" and call then
    local text = require("ses.cli.faults").text
    return { code = "ParamValidation", rc = M.USAGE,
             message = text(err.details, call.service, call.operation, call.document) }
  end
  local read = by_kind[err.kind]
  return read and read(err, globals) or { message = tostring(err), rc = M.GENERAL }
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

local MACHINE_READABLE = { json = true, yaml = true, text = true, table = true }

--- Whether standard error is for a program to read: then it has nothing but an error.
---@param globals ses.cli.Globals
---@return boolean
function M.is_machine_readable(globals)
  return MACHINE_READABLE[globals_of.setting(globals, "cli_error_format")] == true
end

--- Tells a failure on standard error.
---@param failure ses.cli.Failure
---@param globals ses.cli.Globals
---@return integer exit code
function M.tell(failure, globals)
  local format, fault = globals_of.setting(globals, "cli_error_format")
  local text = told(failure, format)
  if not MACHINE_READABLE[format] then
    local usage = failure.usage_text or USAGE
    text = (failure.usage == "before" and usage or "") .. text
      .. (failure.usage == "after" and usage or "")
  end
  output.tell((fault and "sesctl: " .. fault .. "\n" or "") .. text)
  return failure.rc
end

--- Tells of words that nobody takes.
---@param words string[]
---@param globals ses.cli.Globals
---@param usage_text string|nil of the command; nil: sesctl's own
---@return integer exit code
function M.tell_unknown(words, globals, usage_text)
  return M.tell({ message = require("ses.cli.refusal").unknown_text(words, globals_of.OPTIONS),
                  rc = M.USAGE, usage = "before", usage_text = usage_text }, globals)
end

--- Tells that the words of a command are wrong.
---@param message string what argparse says
---@param globals ses.cli.Globals
---@param usage_text string|nil of the command; nil: sesctl's own
---@return integer exit code
function M.tell_usage(message, globals, usage_text)
  return M.tell({ code = "ParamValidation", message = message, rc = M.USAGE, usage = "after",
                  usage_text = usage_text }, globals)
end

return M
