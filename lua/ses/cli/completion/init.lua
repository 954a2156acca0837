--- sesctl completion: makes a shell complete the words of a command line.
---
--- The script that a shell loads asks, with the words before the cursor,
---
---   sesctl completion SHELL -- WORD ...
---
--- and the answer is a candidate on each line; for fish and zsh a tab and a
--- description follow. A line that begins with a tab says that the name of a file
--- stands there: a tab, what stands before the name, a tab, and what there is of it.
--- Shells that choose by rules of their own get all that can stand there; bash gets what
--- begins with the last word. All comes from the tables, whenever it is asked for.
local nearest = require "ses.nearest"
local output = require "ses.cli.output"
local words = require "ses.cli.completion.words"

local M = {}

local USAGE = 252 -- the AWS CLI's exit code

local TEXT = [[
usage: sesctl completion bash|fish|zsh

Prints a script that makes a shell complete commands, options and values of
sesctl. What to type, or to add to a file that the shell reads:
  bash  source <(sesctl completion bash)    ~/.bashrc
  zsh   source <(sesctl completion zsh)     ~/.zshrc, after compinit
  fish  sesctl completion fish | source     ~/.config/fish/config.fish

The script asks, and is answered with what the last word can be:
  sesctl completion bash|fish|zsh -- WORD ...
]]

-- How many of the words a shell gives as they were typed.
local RAW = {
  bash = function(count) return count end,
  fish = function() return 1 end,
  zsh = function() return 0 end,
}

-- What the running command is called.
local function own_name()
  return (arg and arg[0] or ""):match("[^/]*$")
end

local function wrong(message)
  io.stderr:write("sesctl completion: ", message, " (see sesctl completion --help)\n")
  return USAGE
end

-- A line of an answer.
local function line_of(shell, candidate)
  return candidate.word .. (shell == "bash" and "" or "\t" .. (candidate.text or "")) .. "\n"
end

--- What a script is answered with.
---@param shell string "bash", "fish" or "zsh"
---@param given string[] the words after the program's, up to the cursor
---@return string
function M.answer(shell, given)
  local line, lines = { "" }, {}
  for i, word in ipairs(given) do
    line[i] = #given - i < RAW[shell](#given) and words.unquoted(word) or word
  end
  local found = require("ses.cli.completion.candidates").of(line)
  local start = shell == "bash" and line[#line] or ""
  for _, candidate in ipairs(found) do
    if candidate.word:sub(1, #start) == start then
      lines[#lines + 1] = line_of(shell, candidate)
    end
  end
  if found.files then
    lines[#lines + 1] = "\t" .. found.files.before .. "\t" .. found.files.path .. "\n"
  end
  return table.concat(lines)
end

--- Runs the command.
---@param given string[] its arguments
---@return integer exit code
function M.run(given)
  local shell = given[1]
  if shell == "--help" or shell == "-h" then
    return output.print("sesctl completion", TEXT)
  elseif not shell then
    return wrong("say for which shell: bash, fish or zsh")
  elseif not RAW[shell] then
    return wrong("no shell is called '" .. shell .. "': bash, fish and zsh are"
      .. nearest.hint(shell, RAW))
  elseif given[2] == "--" then
    local rest = {}
    for i = 3, #given do
      rest[i - 2] = given[i]
    end
    return output.print("sesctl completion", M.answer(shell, rest))
  elseif given[2] then
    return wrong(shell .. " takes no argument")
  end
  return output.print("sesctl completion",
    require("ses.cli.completion.scripts").of(shell, own_name()))
end

return M
