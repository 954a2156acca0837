-- The checkout as text, for the specs of its invariants.  Specs run in its
-- root.

local M = {}

-- What is not the source: built, fetched, or git's own.
local PRUNED = "-name .git -o -path ./build -o -path ./ses -o -name node_modules"

--- Lines that a shell command prints.
---@param command string
---@return string[]
function M.lines(command)
  local pipe = assert(io.popen(command, "r"))
  local lines = {}
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  pipe:close()
  return lines
end

--- Paths of the source files below a folder, sorted, relative to the root.
---@param folder string "." for all
---@param pattern string? Lua pattern that the path must match
---@return string[]
function M.files(folder, pattern)
  local prefix = folder == "." and "." or "./" .. folder
  local found = {}
  for _, path in ipairs(M.lines("find " .. prefix .. " \\( " .. PRUNED ..
                                " \\) -prune -o -type f -print 2>/dev/null")) do
    path = path:gsub("^%./", "")
    if not pattern or path:find(pattern) then
      found[#found + 1] = path
    end
  end
  table.sort(found)
  return found
end

---@param path string
---@return string
function M.read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

--- C without its comments and string literals.
---@param text string
---@return string
function M.strip_c(text)
  text = text:gsub("/%*.-%*/", " "):gsub("//[^\n]*", "")
  return (text:gsub('\\.', ""):gsub('"[^"\n]*"', '""'))
end

--- Lua without its comments; strings stay, for they hold what is required.
---@param text string
---@return string
function M.strip_lua(text)
  text = text:gsub("%-%-%[(=*)%[.-%]%1%]", "")
  return (text:gsub("%-%-[^\n]*", ""))
end

--- Names of the modules that a Lua source requires.
---@param text string
---@return string[]
function M.required(text)
  local names = {}
  for name in M.strip_lua(text):gmatch("require%s*%(?%s*[\"']([%w_.]*[%w_])[\"']") do
    names[#names + 1] = name
  end
  return names
end

--- Headers that a C source includes.
---@param text string
---@return string[]
function M.included(text)
  local names = {}
  for name in ("\n" .. text):gmatch("\n%s*#%s*include%s*[<\"]([^>\"]+)[>\"]") do
    names[#names + 1] = name
  end
  return names
end

--- The value of a variable of a makefile fragment, as words.
---@param path string
---@param name string
---@return string[]
function M.make_words(path, name)
  local text = M.read(path):gsub("\\\n", " ")
  local value = ("\n" .. text):match("\n" .. name .. "%s*:?=([^\n]*)")
  local words = {}
  for word in assert(value, name .. " is not set in " .. path):gmatch("%S+") do
    words[#words + 1] = word
  end
  return words
end

--- The shared object that require would load.
---@param module string "ses.core"
---@return string
function M.shared_object(module)
  local name = module:gsub("%.", "/")
  for template in package.cpath:gmatch("[^;]+") do
    local path = template:gsub("%?", name)
    local file = io.open(path, "rb")
    if file then
      file:close()
      return path
    end
  end
  error("there is no " .. module .. " in " .. package.cpath)
end

--- What `make spec` builds for the specs, beside the C modules.
---@param name string "probe"
---@return string|nil path nil: it is not built
---@return string|nil why in words
function M.built(name)
  for template in package.cpath:gmatch("[^;]+") do
    local path = template:gsub("%?%.so$", "spec/" .. name)
    local file = path ~= template and io.open(path, "rb")
    if file then
      file:close()
      return path
    end
  end
  return nil, "spec/" .. name .. " is not built, make spec builds it"
end

return M
