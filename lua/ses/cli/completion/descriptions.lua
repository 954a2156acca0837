--- What the shells show beside a candidate, in a few words.
local phrases = require "ses.cli.phrases"

local M = {}

local LONGEST = 60 -- so that name and description fit on a line

--- The options of every command, by ses.cli.globals' names of them.
---@type table<string, string>
M.GLOBALS = {
  ["--debug"] = "tell on standard error what is done",
  ["--endpoint-url"] = "the URL of another endpoint",
  ["--no-verify-ssl"] = "do not verify the server's certificate",
  ["--no-paginate"] = "fetch one page only",
  ["--output"] = "the format of the result",
  ["--query"] = "a JMESPath expression: what to show of the result",
  ["--profile"] = "of AWS's configuration files",
  ["--region"] = "such as eu-west-1",
  ["--version"] = "print the version",
  ["--color"] = "whether tables have colours",
  ["--no-sign-request"] = "send without a signature, and without credentials",
  ["--ca-bundle"] = "a file of certificates to trust",
  ["--cli-read-timeout"] = "seconds without a byte from the server; 0: no limit",
  ["--cli-connect-timeout"] = "seconds until a connection; 0: no limit",
  ["--cli-binary-format"] = "how bytes are given",
  ["--no-cli-pager"] = "use no pager: there is none",
  ["--cli-auto-prompt"] = "refused: sesctl does not prompt for parameters",
  ["--no-cli-auto-prompt"] = "do not prompt for parameters, as always",
  ["--cli-error-format"] = "the format of errors",
  ["--help"] = "tell how the command is used",
}

--- A text that is short enough, on one line.
---@param text string
---@return string
function M.short(text)
  return #text > LONGEST and text:sub(1, LONGEST - 3) .. "..." or text
end

--- Of an option of an operation.
---@param service string
---@param option ses.cli.OperationOption
---@return string
function M.option(service, option)
  return M.short((option.required and "required; " or "") .. phrases.option(service, option))
end

--- Of what has a shape.
---@param service string
---@param member table as core.shape gives it
---@return string
function M.member(service, member)
  return M.short((member.required and "required; " or "") .. phrases.of(service, member.shape))
end

return M
