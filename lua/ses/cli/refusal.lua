--- What is wrong with a command line: raised, and caught where it was read.
local M = {}

---@class ses.cli.Refusal
---@field kind "usage"|"unknown"|"param"|"general" what the AWS CLI makes of it: the message
---  and the usage; the usage and the message; the message as one of ParamValidation; the
---  bare message
---@field message string the AWS CLI's, where it has one
---@field rc integer the exit code: 252, or 255 for a general one

local function raise(kind, message)
  error({ kind = kind, message = message, rc = kind == "general" and 255 or 252 }, 0)
end

--- Raises what argparse says.
---@param message string
function M.usage(message)
  raise("usage", message)
end

--- What is said of words that nobody takes, and what may be meant.
---@param words string[]
---@param ... ses.cli.Option[] what there is
---@return string
function M.unknown_text(words, ...)
  local known, meant = {}, {}
  for _, options in ipairs { ... } do
    for _, option in ipairs(options) do
      known[#known + 1] = option.option
    end
  end
  for _, word in ipairs(words) do
    local name = word:match "^%-%-[^=]+"
    local close = name and require("ses.cli.close_matches").find(name, known)[1]
    meant[#meant + 1] = close and "\n  * " .. close or nil
  end
  return "Unknown options: " .. table.concat(words, ", ")
    .. (meant[1] and "\n\nMaybe you meant:\n" .. table.concat(meant) or "")
end

--- Raises that there are words which nobody takes.
---@param words string[]
---@param ... ses.cli.Option[] what there is
function M.unknown(words, ...)
  raise("unknown", M.unknown_text(words, ...))
end

--- Raises a message about the parameters as a whole.
---@param message string
function M.params(message)
  raise("param", message)
end

--- Raises a message about one parameter.
---@param name string "--message"
---@param message string
function M.param(name, message)
  raise("param", "Error parsing parameter '" .. name .. "': " .. message)
end

--- Raises a message that the AWS CLI does not take for one about parameters.
---@param message string
function M.general(message)
  raise("general", message)
end

--- Calls a function that may raise one of these.
---@param called function
---@return any result nil: it raised one
---@return ses.cli.Refusal|nil
function M.catch(called, ...)
  local ok, result = pcall(called, ...)
  if ok then
    return result
  elseif type(result) ~= "table" then
    error(result, 0)
  end
  return nil, result
end

return M
