--- The options that every command of a service takes, wherever they stand.
local argparse = require "ses.cli.argparse"
local output = require "ses.cli.output"

local M = {}

---@class ses.cli.Globals
---@field region string|nil
---@field profile string|nil
---@field endpoint_url string|nil
---@field output string|nil one of ses.cli.output's names
---@field query string|nil
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
  { option = "--color", words = "one", key = "color", choices = { "on", "off", "auto" } },
  { option = "--no-sign-request", words = "none", key = "sign_request", value = false },
  { option = "--ca-bundle", words = "one", key = "ca_bundle" },
  { option = "--cli-read-timeout", words = "one", key = "cli_read_timeout", integer = true },
  { option = "--cli-connect-timeout", words = "one", key = "cli_connect_timeout",
    integer = true },
  { option = "--cli-binary-format", words = "one", key = "cli_binary_format",
    choices = { "base64", "raw-in-base64-out" } },
  { option = "--no-cli-pager", words = "none", key = "pager", value = false },
  { option = "--cli-error-format", words = "one", key = "cli_error_format",
    choices = { "legacy", "json", "yaml", "text", "table", "enhanced" } },
}

local BY_NAME = {}
for _, option in ipairs(M.OPTIONS) do
  BY_NAME[option.option] = option
end

-- How many words of the line an option at i takes, itself included.
local function length(option, word, argv, i)
  if option.words == "none" or word:find("=", 1, true) or argv[i + 1] == nil then
    return 1
  end
  return 2
end

--- Takes the options out of a line.
---@param argv string[]
---@return ses.cli.Globals|nil
---@return string[]|string rest what else there is; or what is wrong
function M.split(argv)
  local mine, rest = {}, {}
  local i = 1
  while argv[i] and argv[i] ~= "--" do
    local option = BY_NAME[argv[i]] or BY_NAME[argv[i]:match("^(%-%-[%w-]+)=")]
    if option then
      local words = length(option, argv[i], argv, i)
      for j = i, i + words - 1 do
        mine[#mine + 1] = argv[j]
      end
      i = i + words
    else
      rest[#rest + 1] = argv[i]
      i = i + 1
    end
  end
  for j = i, #argv do
    rest[#rest + 1] = argv[j]
  end
  local read, message = argparse.parse(M.OPTIONS, mine)
  if not read then
    return nil, message
  end
  return read.values, rest
end

return M
