--- The options of a command that is an operation, in the AWS CLI's order: its members,
--- then the ones that every operation or every one that pages has.
local names = require "ses.names"
local model = require "ses.model"

local M = {}

---@class ses.cli.OperationOption: ses.cli.Option
---@field kind string the type of a member's shape ("string", "list", "boolean" ...),
---  "addresses" or "content" of the short form of a mail, "input", "paging", "skeleton"
---@field member string|nil "MailFromDomain"; of the short form, the member within
---  Destination or Message; for paging, "max_items"
---@field shape string|nil of a member of the operation
---@field negates string|nil of "--no-dkim-enabled": "--dkim-enabled"
---@field shadowed ses.cli.OperationOption|nil the member's option that one for paging hides
---@field hidden boolean|nil understood, but not told: paging by hand where paging is done

local function option_of(member)
  return {
    option = "--" .. names.kebab(member.name), member = member.name, shape = member.shape,
    kind = member.type, required = member.required,
    words = member.type == "list" and "any" or "one", integer = member.type == "long" or nil,
  }
end

local function add(options, option)
  options[#options + 1] = option
end

local function add_member(options, member)
  local option = option_of(member)
  add(options, option)
  if member.type == "boolean" then
    option.words, option.value, option.key = "none", true, option.option
    local negative = option_of(member)
    negative.option = "--no-" .. option.option:sub(3)
    negative.words, negative.value, negative.key = "none", false, option.option
    negative.negates = option.option
    add(options, negative)
  end
end

local function find(options, name)
  for i, option in ipairs(options) do
    if option.option == name then
      return i, option
    end
  end
end

-- The short form of a mail: who sends it, to whom, and what is in it.
local function add_mail(options)
  for _, name in ipairs { "--destination", "--message" } do
    local _, option = find(options, name)
    option.required = false
  end
  local source = table.remove(options, (find(options, "--source")))
  source.option = "--from"
  add(options, source)
  for i, name in ipairs { "to", "cc", "bcc" } do
    add(options, { option = "--" .. name, kind = "addresses", words = "some",
                   member = ({ "ToAddresses", "CcAddresses", "BccAddresses" })[i] })
  end
  for i, name in ipairs { "subject", "text", "html" } do
    add(options, { option = "--" .. name, kind = "content", words = "one",
                   member = ({ "Subject", "Text", "Html" })[i] })
  end
end

local function add_paging(options, pager)
  local function page(name, is_integer)
    local option = { option = name, kind = "paging", words = "one", integer = is_integer,
                     member = name:sub(3):gsub("-", "_") }
    local at, shadowed = find(options, name)
    option.shadowed = shadowed
    options[at or #options + 1] = option
  end
  page("--starting-token")
  if pager.limit then
    page("--page-size", true)
  end
  page("--max-items", true)
  for _, member in ipairs { pager.input_token, pager.limit } do
    local _, option = find(options, "--" .. names.kebab(member))
    option.hidden = option.kind ~= "paging" or nil
  end
end

--- The options of an operation.
---@param service string "ses" or "sesv2"
---@param name string "SetIdentityMailFromDomain"
---@return ses.cli.OperationOption[] a list of one's own
function M.of(service, name)
  local operation, options = model.operation(service, name), {}
  local input = operation.input and model.shape(service, operation.input)
  for _, member in ipairs(input and input.members or {}) do
    add_member(options, member)
  end
  if service == "ses" and name == "SendEmail" then
    add_mail(options)
  end
  add(options, { option = "--cli-input-json", kind = "input", words = "one" })
  add(options, { option = "--cli-input-yaml", kind = "input", words = "one" })
  if operation.pager then
    add_paging(options, operation.pager)
  end
  add(options, { option = "--generate-cli-skeleton", kind = "skeleton", words = "maybe",
                 value = "input", choices = { "input", "output", "yaml-input" } })
  return options
end

return M
