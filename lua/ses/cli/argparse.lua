--- Reads command lines as Python's argparse, which the AWS CLI uses, reads them:
--- unique prefixes of options, --option=value, repeated options, "--", words that
--- look like options. What nobody knows is collected.
local python = require "ses.cli.python"

local M = {}

---@class ses.cli.Option
---@field option string "--mail-from-domain"
---@field words "none"|"one"|"any"|"some"|"maybe" how many words follow it: some is at
---  least one, maybe is one or none
---@field key string|nil what its value is kept under; nil: the option
---@field value any of an option without words, and of one whose word is missing
---@field integer boolean|nil the word must be an integer
---@field choices string[]|nil what the word can be
---@field whole boolean|nil a prefix of it is another word
---@field required boolean|nil not enforced for an option without words

local function fail(message)
  error({ message = message }, 0)
end

local function fault(option, message)
  fail("argument " .. option.option .. ": " .. message)
end

local function is_number(word)
  return word:find("^%-%d+$") or word:find("^%-%d*%.%d+$")
end

-- The option that a word is, and the value after "=" in it; nil: it is none. An
-- option that nobody knows is false.
local function option_of(options, word)
  if word:sub(1, 1) ~= "-" or word == "-" then
    return nil
  elseif options.named[word] then
    return options.named[word]
  end
  local name, value = word:match("^([^=]*)=(.*)$")
  if options.named[name] then
    return options.named[name], value
  end
  name = name or word
  local found = {}
  for _, option in ipairs(options) do
    if word:sub(1, 2) == "--" and option.option:sub(1, #name) == name and not option.whole then
      found[#found + 1] = option.option
    end
  end
  if #found > 1 then
    fail(("ambiguous option: %s could match %s"):format(word, table.concat(found, ", ")))
  elseif found[1] then
    return options.named[found[1]], value
  elseif is_number(word) or word:find(" ", 1, true) then
    return nil
  end
  return false
end

-- What each word is: "O" for an option, "A" for another word, "-" for "--", after
-- which there are no options.
local function classify(state)
  local only_words = false
  for i, word in ipairs(state.argv) do
    local option, value
    if not only_words and word == "--" then
      only_words = true
      state.kinds[i] = "-"
    else
      if not only_words then
        option, value = option_of(state.options, word)
      end
      state.kinds[i] = option == nil and "A" or "O"
      state.found[i], state.values[i] = option, value
      state.last = option ~= nil and i or state.last
    end
  end
end

local LEAST = { none = 0, one = 1, any = 0, some = 1, maybe = 0 }
local MOST = { none = 0, one = 1, any = math.huge, some = math.huge, maybe = 1 }
local EXPECTED = { one = "expected one argument", some = "expected at least one argument" }

--- What is wrong with a word that is none of the choices.
---@param word string
---@param choices string[]
---@return string
function M.choice_fault(word, choices)
  local close = require("ses.cli.close_matches").find(word, choices)
  return ("Found invalid choice '%s'\n"):format(word)
    .. (close[1] and "\nMaybe you meant:\n\n  * " .. table.concat(close, "\n  * ") or "")
end

local function checked(option, word)
  if option.integer then
    local number = python.int(word)
    return number or fault(option, "invalid int value: " .. python.repr(word))
  end
  for _, choice in ipairs(option.choices or {}) do
    if choice == word then
      return word
    end
  end
  return option.choices and fault(option, M.choice_fault(word, option.choices)) or word
end

local function keep(state, option, words)
  local value = option.value
  if option.words == "any" or option.words == "some" then
    value = words
  elseif words[1] then
    value = checked(option, words[1])
  end
  state.values_of[option.key or option.option] = value
  state.seen[option.option] = true
end

-- Takes the option at i; returns where the next word is.
local function take_option(state, i)
  local option, value = state.found[i], state.values[i]
  if not option then
    state.unknown[#state.unknown + 1] = state.argv[i]
    return i + 1
  elseif value then
    if option.words == "none" then
      fault(option, "ignored explicit argument " .. python.repr(value))
    end
    keep(state, option, { value })
    return i + 1
  end
  local words, most = {}, MOST[option.words]
  while #words < most and state.kinds[i + 1 + #words] == "A" do
    words[#words + 1] = state.argv[i + 1 + #words]
  end
  if #words < LEAST[option.words] then
    fault(option, EXPECTED[option.words])
  end
  keep(state, option, words)
  return i + 1 + #words
end

-- Takes the one word that may stand alone: the first that does. Returns where the
-- next word is.
local function take_word(state, i)
  if state.word_taken then
    return i
  end
  state.word_taken = true
  local function skip_mark()
    while state.kinds[i] == "-" do
      i = i + 1
    end
  end
  skip_mark()
  if state.kinds[i] == "A" then
    state.word = state.argv[i]
    i = i + 1
  end
  skip_mark()
  return i
end

local function unknown_until(state, i, stop)
  while i < stop do
    state.unknown[#state.unknown + 1] = state.argv[i]
    i = i + 1
  end
  return i
end

local function take_all(state)
  local i = 1
  while i <= state.last do
    if state.kinds[i] == "O" then
      i = take_option(state, i)
    else
      local before = i
      i = take_word(state, i)
      if i == before then
        local stop = i
        while state.kinds[stop] ~= "O" do
          stop = stop + 1
        end
        i = unknown_until(state, i, stop)
      end
    end
  end
  unknown_until(state, take_word(state, i), #state.argv + 1)
end

local function check_required(state)
  local missing = {}
  for _, option in ipairs(state.options) do
    if option.required and option.words ~= "none" and not state.seen[option.option] then
      missing[#missing + 1] = option.option
    end
  end
  if #missing > 0 then
    fail("the following arguments are required: " .. table.concat(missing, ", "))
  end
end

local function parse(options, argv)
  local state = {
    options = { named = {} }, argv = argv, kinds = {}, found = {}, values = {}, last = 0,
    values_of = {}, seen = {}, unknown = {},
  }
  for i, option in ipairs(options) do
    state.options[i] = option
    state.options.named[option.option] = option
  end
  classify(state)
  take_all(state)
  check_required(state)
  return { values = state.values_of, unknown = state.unknown, word = state.word }
end

local function caught(options, argv)
  local ok, result = pcall(parse, options, argv)
  if ok then
    return result
  elseif type(result) ~= "table" then
    error(result, 0)
  end
  return nil, result.message
end

--- Reads the words of a command that takes no words of its own.
---@param options ses.cli.Option[]
---@param argv string[]
---@return {values: table<string, any>, unknown: string[], word: string|nil}|nil values by
---  key: a text, an integer, or a list of texts; unknown are the words that nobody takes,
---  as the AWS CLI lists them; word is the first of them that stands alone
---@return string|nil message what argparse says
function M.parse(options, argv)
  local parsed, message = caught(options, argv)
  if parsed and parsed.word ~= "" then
    parsed.unknown[#parsed.unknown + 1] = parsed.word
  end
  return parsed, message
end

--- Reads the words before, around and after the name of a command.
---@param options ses.cli.Option[]
---@param argv string[]
---@return {values: table<string, any>, command: string|nil, rest: string[]}|nil rest: the words
---  that are the command's to read
---@return string|nil message what argparse says
function M.command(options, argv)
  local parsed, message = caught(options, argv)
  return parsed and { values = parsed.values, command = parsed.word, rest = parsed.unknown },
    message
end

return M
