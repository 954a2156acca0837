--- What hands out credentials says so in JSON, or in a small file.
local cjson = require "cjson"
local core = require "ses.core"

local M = {}

-- Our own instance: the limits of the shared one are the program's.
local reader = cjson.new()
reader.decode_max_depth(16)
reader.decode_invalid_numbers(false)

local MAX_FILE_BYTES = 64 * 1024

--- The object that a text is, without its nulls.
---@param text string
---@return table|nil nil: it is no JSON, or no object
function M.json(text)
  local ok, value = pcall(reader.decode, text)
  if not ok or type(value) ~= "table" then
    return nil
  end
  local object = {}
  for name, member in pairs(value) do
    if member ~= cjson.null then
      object[name] = member
    end
  end
  return object
end

--- The text of a small file.
---@param path string
---@return string|nil
---@return string|nil reason with the name of the file
function M.read(path)
  if path == "" or path:find("\0", 1, true) then
    return nil, "it is not the name of a file"
  end
  local text, reason = core.read_file(path, MAX_FILE_BYTES)
  return text, reason and path .. ": " .. reason
end

return M
