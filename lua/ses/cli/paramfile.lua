--- Values that are the contents of files: file:// and fileb://.
local core = require "ses.core"
local document = require "ses.cli.document"

local M = {}

-- What no request has room for; without an end, /dev/zero would fill the memory.
local MAX_SIZE = 128 * 1024 * 1024

-- What stands for "$NAME", "${NAME}" or "$NAME}"; what the environment lacks stays.
local function variable(text)
  local name = text:match("^%${(.*)}$")
  if name then
    return os.getenv(name)
  end
  local rest
  name, rest = text:match("^%$([%w_]+)(.*)$")
  return name and os.getenv(name) and os.getenv(name) .. rest
end

local function expand(path)
  local rest = path:match("^~(.*)$")
  local home = os.getenv "HOME"
  if rest and home and (rest == "" or rest:sub(1, 1) == "/") then
    path = home:gsub("/+$", "") .. rest
    path = path == "" and "/" or path
  end
  return (path:gsub("%${?[%w_]+}?", variable))
end

-- What Lua lets one open, and Python does not.
local IS_DIRECTORY = 21

local function system_error(number, message, path)
  local shown = path and ": " .. require("ses.cli.python").repr(path) or ""
  return ("[Errno %d] %s%s"):format(number, message, shown)
end

-- The bytes of a file; or nil and what is wrong.
local function read(path)
  if path:find("%z") then
    return nil, "embedded null byte"
  end
  local file, message, number = io.open(path, "rb")
  if not file then
    return nil, system_error(number, message:sub(#path + 3), path)
  end
  local parts, size, part = {}, 0
  repeat
    part, message, number = file:read(65536)
    parts[#parts + 1] = part
    size = size + #(part or "")
  until not part or size > MAX_SIZE
  file:close()
  if message then
    return nil, system_error(number, message, number == IS_DIRECTORY and path)
  elseif size > MAX_SIZE then
    return nil, "longer than 128 MiB"
  end
  return table.concat(parts)
end

-- The text of bytes, with the line ends of Unix; nil: they are no text.
local function as_text(bytes)
  return core.valid_utf8(bytes) and bytes:gsub("\r\n?", "\n") or nil
end

--- The text of a file whose name is taken as it is.
---@param path string "-": standard input
---@return string|nil text with the line ends of Unix
---@return string|nil message
function M.text(path)
  local bytes, message
  if path == "-" then
    bytes = io.stdin:read(MAX_SIZE + 1) or ""
    message = #bytes > MAX_SIZE and "longer than 128 MiB" or nil
  else
    bytes, message = read(path)
  end
  local text = not message and as_text(bytes) or nil
  if text then
    return text
  end
  return nil, message or "it is no text in UTF-8"
end

--- The contents of the file that a value names.
---@param value any
---@return string|table|nil text of file://, with the line ends of Unix; bytes (see
---  ses.cli.document) of fileb://; nil: the value names no file, or there is a message
---@return string|nil message
function M.load(value)
  if type(value) ~= "string" then
    return nil
  end
  local scheme, name = value:match("^(fileb?)://(.*)$")
  if not scheme then
    return nil
  end
  local path = expand(name)
  local bytes, message = read(path)
  if not bytes then
    return nil, "Unable to load paramfile " .. value .. ": " .. message
  elseif scheme == "fileb" then
    return document.bytes(bytes)
  end
  local text = as_text(bytes)
  if not text then
    return nil, ("Unable to load paramfile (%s), text contents could not be decoded.  If this is a "
      .. "binary file, please use the fileb:// prefix instead of the file:// prefix."):format(path)
  end
  return text
end

return M
