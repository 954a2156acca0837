--- What a command is about: identities and the MAIL FROM domains that they are to
--- have, from the command line, a CSV file or a JSON file.
local names = require "ses.mail_from.names"
local paramfile = require "ses.cli.paramfile"

local M = {}

---@class ses.cli.mail_from.Row
---@field identity string
---@field mail_from_domain string|false|nil false: none; nil: that is not said
---@field behavior string|nil

---@class ses.cli.mail_from.Input
---@field rows ses.cli.mail_from.Row[]
---@field labels string[] what messages call each of them: "line 3"

-- So many of several faults are told.
local MOST = 20

-- The text of a file: its name as the shell gave it, or as the AWS CLI's users are
-- used to write it, who need ~ expanded behind file://.
local function load(path)
  if path:find("^file://") then
    return paramfile.load(path)
  elseif path:find("^fileb://") then
    return nil, "give the name of the file alone"
  end
  local text, message = paramfile.text(path)
  return text, message and (path == "-" and "standard input" or path) .. ": " .. message
end

--- One message of several faults.
---@param faults string[]
---@param is_file boolean|nil whether they are those of --file
---@return string
function M.joined(faults, is_file)
  local lines = {}
  for i = 1, math.min(#faults, MOST) do
    lines[i] = faults[i]
  end
  if #faults > MOST then
    lines[#lines + 1] = ("and %d more"):format(#faults - MOST)
  end
  if not is_file then
    return table.concat(lines, "\n")
  end
  return "--file:" .. (lines[2] and "\n  " or " ") .. table.concat(lines, "\n  ")
end

local function from_file(path)
  local text, message = load(path)
  if not text then
    return nil, M.joined({ message }, true)
  end
  text = text:gsub("^\239\187\191", "")
  local reader = text:find("^%s*[%[{]") and "ses.cli.mail_from.json_rows"
    or "ses.cli.mail_from.csv_rows"
  local input, faults = require(reader).read(text)
  if #faults > 0 then
    return nil, M.joined(faults, true)
  elseif #input.rows == 0 then
    return nil, "--file: it names no identity"
  end
  return input
end

-- "mail.*" stands for mail. and the identity's own domain.
local function domain_for(pattern, identity)
  local beginning = pattern:match("^(.+%.)%*$")
  return beginning and beginning .. identity:match("[^@]*$") or pattern
end

local function begin(positional, given)
  if given.file and positional[1] then
    return nil, "give identities, or --file, and not both"
  elseif given.file then
    return from_file(given.file)
  elseif not positional[1] then
    return nil, "the following arguments are required: IDENTITY, or --file"
  end
  local input = { rows = {}, labels = {} }
  for i, identity in ipairs(positional) do
    input.rows[i], input.labels[i] = { identity = identity }, "argument " .. i
  end
  return input
end

--- What is wanted.
---@param positional string[] identities
---@param given table the options: file, mail_from_domain, behavior
---@return ses.cli.mail_from.Input|nil
---@return string|nil message
function M.read(positional, given)
  local input, message = begin(positional, given)
  for _, row in ipairs(input and input.rows or {}) do
    local name = row.mail_from_domain
    if name == nil then
      name = given.mail_from_domain
    end
    row.mail_from_domain = name and domain_for(name, row.identity) or name
    row.behavior = row.behavior or given.behavior
  end
  return input, message
end

--- The identities alone, as SES has them.
---@param positional string[]
---@param given table the options: file
---@return string[]|nil
---@return string|nil message all that are none
---@return string[]|nil labels what messages call each of them
function M.identities(positional, given)
  local input, message = M.read(positional, { file = given.file })
  if not input then
    return nil, message
  end
  local list, faults = {}, {}
  for i, row in ipairs(input.rows) do
    local identity, problem = names.identity(row.identity)
    if identity then
      list[#list + 1] = identity.name
    else
      faults[#faults + 1] = (given.file and input.labels[i] .. ": " or "") .. problem.message
    end
  end
  if faults[1] then
    return nil, M.joined(faults, given.file ~= nil)
  end
  return list, nil, input.labels
end

return M
