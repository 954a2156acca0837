--- The options that every command of a service takes, wherever they stand, and what
--- the environment and the profile say instead of some of them.
local argparse = require "ses.cli.argparse"
local output = require "ses.cli.output"
local printable = require "ses.printable"

local M = {}

---@class ses.cli.Globals
---@field region string|nil
---@field profile string|nil
---@field endpoint_url string|nil
---@field output string|nil one of ses.cli.output's names
---@field query string|nil
---@field expression ses.cli.jmespath.Expression|nil of the query
---@field color string|nil "on", "off" or "auto"
---@field ca_bundle string|nil
---@field cli_read_timeout integer|nil seconds; 0: no limit
---@field cli_connect_timeout integer|nil seconds; 0: no limit
---@field cli_binary_format string|nil
---@field cli_error_format string|nil
---@field verify_ssl boolean|nil false: --no-verify-ssl
---@field paginate boolean|nil false: --no-paginate
---@field sign_request boolean|nil false: --no-sign-request
---@field debug boolean|nil
---@field auto_prompt boolean|nil true: --cli-auto-prompt
---@field version boolean|nil
---@field help boolean|nil

local ERROR_FORMATS = { "legacy", "json", "yaml", "text", "table", "enhanced" }
local BINARY_FORMATS = { "base64", "raw-in-base64-out" }

--- The options, in the AWS CLI's order.
---@type ses.cli.Option[]
M.OPTIONS = {
  { option = "--debug", words = "none", key = "debug", value = true },
  { option = "--endpoint-url", words = "one", key = "endpoint_url" },
  { option = "--no-verify-ssl", words = "none", key = "verify_ssl", value = false },
  { option = "--no-paginate", words = "none", key = "paginate", value = false },
  { option = "--output", words = "one", key = "output", choices = output.names },
  { option = "--query", words = "one", key = "query" },
  { option = "--profile", words = "one", key = "profile" },
  { option = "--region", words = "one", key = "region" },
  { option = "--version", words = "none", key = "version", value = true },
  { option = "--color", words = "one", key = "color", choices = { "on", "off", "auto" } },
  { option = "--no-sign-request", words = "none", key = "sign_request", value = false },
  { option = "--ca-bundle", words = "one", key = "ca_bundle" },
  { option = "--cli-read-timeout", words = "one", key = "cli_read_timeout" },
  { option = "--cli-connect-timeout", words = "one", key = "cli_connect_timeout" },
  { option = "--cli-binary-format", words = "one", key = "cli_binary_format",
    choices = BINARY_FORMATS },
  { option = "--no-cli-pager", words = "none", key = "pager", value = false },
  { option = "--cli-auto-prompt", words = "none", key = "auto_prompt", value = true },
  { option = "--no-cli-auto-prompt", words = "none", key = "auto_prompt", value = false },
  { option = "--cli-error-format", words = "one", key = "cli_error_format",
    choices = ERROR_FORMATS },
  -- Not the AWS CLI's, whose commands may have an option that --h is short for.
  { option = "--help", words = "none", key = "help", value = true, whole = true },
  { option = "-h", words = "none", key = "help", value = true, whole = true },
}

-- What is read where an option does not say it.
local SETTINGS = {
  output = { variable = "AWS_DEFAULT_OUTPUT", default = "json", choices = output.names },
  cli_error_format = { variable = "AWS_CLI_ERROR_FORMAT", default = "enhanced",
                       choices = ERROR_FORMATS },
  cli_binary_format = { default = "base64", choices = BINARY_FORMATS },
}


--- Reads the words after the program's name.
---@param argv string[]
---@return {values: ses.cli.Globals, command: string|nil, rest: string[]}|nil rest: what is the
---  command's to read
---@return string|nil message what argparse says
function M.read(argv)
  return argparse.command(M.OPTIONS, argv)
end

local function read_query(globals)
  local expression, message = require("ses.cli.jmespath").compile(globals.query)
  globals.expression = expression
  return message and ("Bad value for --query %s: %s"):format(globals.query, message)
end

local function check_endpoint(globals)
  if not globals.endpoint_url:find "^%a[%w+.-]*:" then
    return ('Bad value for --endpoint-url "%s": scheme is missing.  Must be of the form '
      .. "http://<hostname>/ or https://<hostname>/"):format(globals.endpoint_url)
  end
end

--- Reads what is in the values of the options.
---@param globals ses.cli.Globals
---@return string|nil message what is wrong with one
---@return boolean|nil is_usage whether the AWS CLI takes it for wrong usage
function M.check(globals)
  local message = globals.query and read_query(globals)
    or globals.endpoint_url and check_endpoint(globals)
  if message then
    return message, true
  end
  for _, name in ipairs { "cli_read_timeout", "cli_connect_timeout" } do
    local text = globals[name]
    if text then
      local python = require "ses.cli.python"
      globals[name] = python.int(text)
      if not globals[name] then
        return python.int_fault(text), false
      end
    end
  end
end

-- What the environment or the profile says of a setting, and where.
local function found(globals, name, setting)
  local value = setting.variable and os.getenv(setting.variable)
  if value and value ~= "" then
    return value, setting.variable
  end
  -- What is wrong with the files is told when the client is made.
  local lookup = require("ses.lookup").new(globals.profile, os.getenv)
  if lookup then
    return lookup:property(name)
  end
end

--- A setting: the option's, the environment's, the profile's, or the default.
---@param globals ses.cli.Globals
---@param name "output"|"cli_error_format"|"cli_binary_format"
---@return string|nil
---@return string|nil message where it is none of the choices
function M.setting(globals, name)
  if globals[name] then
    return globals[name]
  end
  local setting = SETTINGS[name]
  local value, source = found(globals, name, setting)
  if not value then
    return setting.default
  end
  for _, choice in ipairs(setting.choices) do
    if choice == value then
      return value
    end
  end
  return nil, ("%s is '%s' (expected one of %s)"):format(source, printable(value, 200),
    table.concat(setting.choices, ", "))
end

return M
