--- From the command line of an operation to the parameters of a client's call, as the
--- AWS CLI goes.
local argparse = require "ses.cli.argparse"
local convert = require "ses.cli.convert"
local core = require "ses.core"
local document = require "ses.cli.document"
local globals_of = require "ses.cli.globals"
local names = require "ses.names"
local model = require "ses.model"
local operation_options = require "ses.cli.operation_options"
local refusal = require "ses.cli.refusal"
local unpack_option = require "ses.cli.unpack"

local M = {}

--- The options of an operation, in the AWS CLI's order.
M.options = operation_options.of

-- What makes all other options optional, where it stands for itself.
local function overrides_required(argv)
  for i, word in ipairs(argv) do
    if word == "--cli-input-json" or word == "--cli-input-yaml"
        or word == "--generate-cli-skeleton" and argv[i + 1] ~= "output" then
      return true
    end
  end
  return false
end

local function parse(options, argv)
  if overrides_required(argv) then
    for _, option in ipairs(options) do
      option.required = false
    end
  end
  local parsed, message = argparse.parse(options, argv)
  return parsed or refusal.usage(message)
end

-- A mail is given in the short form or in full, but for its subject.
local function check_mail(values)
  for _, group in ipairs { { "destination", "to", "cc", "bcc" }, { "message", "text", "html" } } do
    for i = 2, #group do
      if values["--" .. group[1]] ~= nil and values["--" .. group[i]] ~= nil then
        refusal.params(('The key "%s" cannot be specified when one of the following keys are also '
          .. 'specified: %s'):format(group[i], group[1]))
      end
    end
  end
end

local function refuse_paging(options)
  if #options > 0 then
    refusal.params("Cannot specify --no-paginate along with pagination arguments: "
      .. table.concat(options, ", "))
  end
end

-- The members that somebody sets who pages by hand.
local function paging_members(pager)
  return { pager.input_token, pager.limit }
end

-- Whether pages are fetched one after the other: who asks for one by hand gets one. Where
-- the member's name is --page-size, it is that of the pages beside the other two.
local function pages(read)
  if not read.pager or read.globals.paginate == false then
    return false
  end
  local values = read.values
  local is_list = values["--max-items"] ~= nil or values["--starting-token"] ~= nil
  for _, member in ipairs(paging_members(read.pager)) do
    local name = "--" .. names.kebab(member)
    if values[name] ~= nil and name ~= "--max-items"
        and not (name == "--page-size" and is_list) then
      return false
    end
  end
  return true
end

-- Without paging, options that hid those of members are those again.
local function end_paging(read)
  local used = {}
  for i, option in ipairs(read.options) do
    local value = read.values[option.option]
    if option.shadowed then
      read.options[i] = option.shadowed
    elseif option.kind == "paging" and value ~= nil and value ~= "" and value ~= 0 then
      used[#used + 1] = option.option
    end
  end
  refuse_paging(used)
end

local builders = {}

function builders.member(read, option, given)
  document.set(read.document, option.member, unpack_option.value(read.service, option, given))
end

function builders.input(read, option, given)
  read.inputs[#read.inputs + 1] = { option = option.option,
                                    value = unpack_option.load(option, given) }
end

function builders.skeleton(read, option, given)
  read.given.skeleton = unpack_option.load(option, given)
end

function builders.paging(read, option, given)
  if not read.given.paginate then
    return
  end
  read.given.paging = read.given.paging or {}
  read.given.paging[option.member] = unpack_option.load(option, given)
  if option.option == "--max-items" and given <= 0 then
    read.given.warnings[1] = "warning: Non-positive values for --max-items may result in undefined "
      .. "behavior.\n"
  end
end

local function inner(object, name)
  if document.get(object, name) == nil then
    document.set(object, name, document.object())
  end
  return document.get(object, name)
end

function builders.addresses(read, option, given)
  local value = unpack_option.load(option, given)
  if value ~= "" then
    document.set(inner(read.document, "Destination"), option.member, value)
  end
end

function builders.content(read, option, given)
  local value = unpack_option.load(option, given)
  if value == "" then
    return
  elseif document.get(read.document, "Message") == nil then
    local message = inner(read.document, "Message")
    inner(message, "Subject")
    inner(message, "Body")
  end
  local message = document.get(read.document, "Message")
  document.set(option.member == "Subject" and message or inner(message, "Body"), option.member,
    document.set(document.object(), "Data", value))
end

local function build(read)
  for _, option in ipairs(read.options) do
    local given = read.values[option.key or option.option]
    if given ~= nil and not option.negates then
      local builder = builders[option.kind] or builders.member
      builder(read, option, given)
    end
  end
end

local decoders = {
  ["--cli-input-json"] = function(text) return require("ses.cli.json").decode(text) end,
  ["--cli-input-yaml"] = function(text) return require("ses.cli.yaml").decode(text) end,
}

-- Where a text is wrong; or that it looks like the name of a file.
local function fault_of_input(text, message, place)
  local name = text:match "^@?([%w./~_-]+%.%a+)$"
  return name and "the contents of a file are file://" .. name
    or place and require("ses.cli.json").fault(text, message, place)
    or message:match "^[^\n]*"
end

local function load_input(read)
  local input = read.inputs[1]
  if not input then
    return
  elseif read.inputs[2] then
    refusal.params("Only one --cli-input- parameter may be specified.")
  end
  local text = document.type(input.value) == "bytes" and input.value.bytes or input.value
  local value, message, place = nil, "it is not UTF-8", nil
  if core.valid_utf8(text) then
    value, message, place = decoders[input.option](text)
  end
  if place == true then
    refusal.general(message)
  elseif value == nil then
    local format = input.option == "--cli-input-json" and "JSON" or "YAML"
    refusal.param(input.option:sub(3), ("Invalid %s received.\n(%s)"):format(format,
      fault_of_input(text, message, place)))
  elseif document.type(value) ~= "object" then
    refusal.param(input.option, "Invalid type: expecting map, received "
      .. require("ses.cli.python").type(value))
  end
  for _, name in ipairs(document.names(value)) do
    if document.get(read.document, name) == nil then
      document.set(read.document, name, document.get(value, name))
    end
  end
end

-- A page may be asked for by hand in a text of --cli-input-json.
local function check_pages(read)
  local by_hand = false
  for _, member in ipairs(read.given.paginate and paging_members(read.pager) or {}) do
    by_hand = by_hand or document.get(read.document, member) ~= nil
  end
  if by_hand then
    local used = {}
    for _, option in ipairs(read.options) do
      if option.kind == "paging" and read.values[option.option] ~= nil then
        used[#used + 1] = option.option
      end
    end
    refuse_paging(used)
    read.given.paginate = false
  end
end

-- Whether texts for blobs are what they are, and no base64.
local function is_raw(globals)
  local format, message = globals_of.setting(globals, "cli_binary_format")
  return (format or refusal.general(message)) == "raw-in-base64-out"
end

-- The words that nobody takes, as a message shows them: where one may be a piece of a
-- secret that lost its quotes, only those that are options.
local function shown_words(service, input, words)
  if not input or not require("ses.cli.secret").within(service, input) then
    return words
  end
  local shown = {}
  for _, word in ipairs(words) do
    shown[#shown + 1] = word:match "^(%-%-%l[%l%d-]*)"
  end
  local rest = #words - #shown
  shown[#shown + 1] = rest > 0 and ("%d that are not shown, for one may be part of a secret")
    :format(rest) or nil
  return shown
end

local function read_all(service, name, argv, globals)
  if #argv == 1 and argv[1] == "help" then
    return { given = { help = true } }
  end
  local operation, options = model.operation(service, name), M.options(service, name)
  local parsed = parse(options, argv)
  if parsed.word == "help" then
    return { given = { help = true } }
  elseif #parsed.unknown > 0 then
    refusal.unknown(shown_words(service, operation.input, parsed.unknown), options,
      globals_of.OPTIONS)
  end
  local values = document.object()
  local read = {
    service = service, options = options, values = parsed.values, globals = globals,
    pager = operation.pager, inputs = {}, document = values,
    given = { document = values, warnings = {} },
  }
  if service == "ses" and name == "SendEmail" then
    check_mail(read.values)
  end
  read.given.paginate = pages(read)
  if not read.given.paginate then
    end_paging(read)
  end
  build(read)
  load_input(read)
  check_pages(read)
  if read.given.skeleton == "input" or read.given.skeleton == "yaml-input" then
    return { given = read.given }
  end
  for _, warning in ipairs(require("ses.cli.warnings").of(service, name, values)) do
    table.insert(read.given.warnings, "sesctl: [WARNING]: " .. warning .. "\n")
  end
  return { given = read.given,
           params = convert.params(service, operation.input, values, is_raw(globals)) }
end

--- Reads the words after an operation's name.
---@param service string "ses" or "sesv2"
---@param operation string "SetIdentityMailFromDomain"
---@param argv string[]
---@param globals {paginate: boolean|nil, cli_binary_format: string|nil} false: --no-paginate;
---  "base64", as where it is nil, or "raw-in-base64-out"
---@return {params: table|nil, given: ses.cli.Given}|nil params for client:call; nil where help or
---  a skeleton of the input is asked for
---@return ses.cli.Refusal|nil
function M.read(service, operation, argv, globals)
  return refusal.catch(read_all, service, operation, argv, globals)
end

---@class ses.cli.Given
---@field help boolean|nil
---@field document table|nil the parameters as ses.cli.faults shows them
---@field skeleton "input"|"output"|"yaml-input"|nil
---@field paginate boolean|nil all pages are to be fetched
---@field paging {starting_token: string|nil, page_size: integer|nil, max_items: integer|nil}|nil
---@field warnings string[]|nil texts for standard error

return M
