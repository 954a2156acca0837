--- What the word at the cursor of a command line can be.
local core = require "ses.core"
local tables = require "ses.tables"

local M = {}

--- The commands, and what the shells show beside them.
---@type ses.cli.Candidate[]
M.COMMANDS = {
  { word = "ses", text = "call SES API v1" },
  { word = "sesv2", text = "call SES API v2" },
  { word = "mail-from", text = "custom MAIL FROM domains of many identities" },
  { word = "emulator", text = "run a local SES" },
  { word = "completion", text = "print a script that makes a shell complete words" },
  { word = "help", text = "tell how a command is used" },
  { word = "--version", text = "print the version" },
  { word = "--help", text = "print the commands" },
}

-- What takes the options of every command, before its name as well, and what knows the
-- words behind it.
local CALLERS = {
  ses = "ses.cli.completion.service", sesv2 = "ses.cli.completion.service",
  ["mail-from"] = "ses.cli.completion.mail_from",
}

local SHELLS = { "bash", "fish", "zsh" }

local function only_commands(accept)
  local list = {}
  for _, candidate in ipairs(M.COMMANDS) do
    if accept(candidate.word) then
      list[#list + 1] = candidate
    end
  end
  return list
end

local function has_help(word)
  return word ~= "help" and not word:find("^%-")
end

local commands = {}

function commands.emulator(words)
  return require("ses.cli.completion.emulator").of(words)
end

function commands.completion(words)
  local list = {}
  for i, shell in ipairs(#words == 1 and SHELLS or {}) do
    list[i] = { word = shell, text = "the script of " .. shell }
  end
  list[#list + 1] = #words == 1 and { word = "--help", text = "tell what it does" } or nil
  return list
end

function commands.help(words)
  return #words == 1 and only_commands(has_help) or {}
end

local function of_line(words)
  local command = #words > 1 and commands[words[1]]
  if command then
    return command(tables.from(words, 2))
  end
  local service = require "ses.cli.completion.service"
  local state = service.split(words)
  if state.rest[1] then
    local caller = CALLERS[state.rest[1]]
    return caller and require(caller).of(state) or {}
  end
  local list = service.of_globals(state)
  if list then
    return list
  elseif state.word:find("^%-") then
    return service.add_globals({}, state)
  end
  -- What has options of its own takes no others before it.
  return only_commands(function(word)
    return #words == 1 or CALLERS[word] or word == "help"
  end)
end

-- Whether a terminal can show a text, and shows nothing else.
local function is_clean(text)
  return core.valid_utf8(text) and not text:find("[\1-\31\127]")
    and not text:find("\194[\128-\159]")
end

local function by_word(a, b)
  return a.word < b.word
end

--- The candidates, sorted.
---@param words string[] those after the program's name; the last is the one at the cursor,
---  as far as it is there
---@return ses.cli.Candidates
function M.of(words)
  local list = is_clean(words[#words]) and of_line(words) or {}
  table.sort(list, by_word)
  return list
end

return M
