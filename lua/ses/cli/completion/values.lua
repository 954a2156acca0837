--- What the value of an option can be.
local descriptions = require "ses.cli.completion.descriptions"
local model = require "ses.model"
local shorthand = require "ses.cli.completion.shorthand"

local M = {}

---@class ses.cli.Candidate
---@field word string what the word before the cursor becomes; it goes on where it ends
---  with "=" or "/"
---@field text string|nil what the shell shows beside it

---@class ses.cli.Candidates
---@field [integer] ses.cli.Candidate
---@field files {before: string, path: string}|nil the name of a file stands here, after a
---  text

--- Words as candidates.
---@param words string[]
---@return ses.cli.Candidates
function M.listed(words)
  local list = {}
  for i, word in ipairs(words) do
    list[i] = { word = word }
  end
  return list
end

--- The names of files.
---@param path string what is there of one
---@param before string|nil what stands before it
---@return ses.cli.Candidates
function M.files(path, before)
  return { files = { before = before or "", path = path } }
end

--- AWS's regions.
---@return ses.cli.Candidates
function M.regions()
  local list = {}
  for _, partition in ipairs(require "ses.partitions") do
    for name in pairs(partition.regions) do
      -- What stands for a whole partition signs, and has no SES.
      if not name:find("%-global$") then
        list[#list + 1] = { word = name, text = "of the partition " .. partition.id }
      end
    end
  end
  return list
end

local function profiles()
  local list = {}
  local files = require("ses.profiles").shared(os.getenv)
  for name in pairs(files and files.profiles or {}) do
    list[#list + 1] = { word = name }
  end
  return list
end

-- By ses.cli.globals' keys.
local SOURCES = { region = M.regions, profile = profiles, ca_bundle = M.files }

--- Of an option of every command.
---@param option ses.cli.Option
---@param text string what is there of the value
---@return ses.cli.Candidates
function M.of_global(option, text)
  local source = SOURCES[option.key]
  return source and source(text) or M.listed(option.choices or {})
end

-- Of what has a shape; taken are the words that a list has already.
local function of_shape(service, name, text, taken)
  local shape = model.shape(service, name)
  if shape.type == "list" then
    return of_shape(service, shape.member.shape, text, taken)
  elseif shape.members or shape.type == "map" then
    return shorthand.of(service, shape, text)
  elseif shape.type == "blob" then
    return { { word = "fileb://", text = "bytes, from a file" } }
  end
  local rest = {}
  for _, value in ipairs(shape.enum or {}) do
    if not taken[value] then
      rest[#rest + 1] = value
    end
  end
  return M.listed(rest)
end

--- Of an option of an operation.
---@param service string
---@param option ses.cli.OperationOption
---@param text string what is there of the value
---@param taken table<string, true> the words that the option has already
---@return ses.cli.Candidates
function M.of_option(service, option, text, taken)
  local scheme, path = text:match("^(fileb?://)(.*)$")
  if scheme then
    return M.files(path, scheme)
  elseif option.kind == "input" then
    return { { word = "file://", text = descriptions.option(service, option) } }
  elseif option.shape then
    return of_shape(service, option.shape, text, taken)
  end
  return M.listed(option.choices or {})
end

return M
