--- Pieces of C: literals, identifiers, initializers, wrapped at 80 columns.

local M = {}

local width = 80

--- A model's name as the tail of a C identifier.
---@param prefix string "shape"
---@param name string
---@return string
function M.identifier(prefix, name)
  return prefix .. "_" .. name:gsub("[^%w_]", function(c)
    return ("_%02x"):format(c:byte())
  end)
end

-- The escaped characters of a text.  An octal escape has three digits, so that
-- a digit may follow it; the second of two question marks is escaped, because
-- C99 knows trigraphs.
local function escaped(text)
  local pieces, after_mark = {}, false
  for c in text:gmatch(".") do
    local code = c:byte()
    local piece = c
    if c == "?" and after_mark then
      piece = "\\?"
    elseif c == "\\" or c == '"' then
      piece = "\\" .. c
    elseif code < 32 or code > 126 then
      piece = ("\\%03o"):format(code)
    end
    after_mark = c == "?"
    pieces[#pieces + 1] = piece
  end
  return pieces
end

--- A string literal; with a column, cut into several, one below the other,
--- where one would pass the right margin.
---@param text string
---@param column? integer where it starts
---@return string
function M.string(text, column)
  assert(not text:find("\0", 1, true), "a NUL byte in a model's string")
  local room = column and width - column - #'"",'
  local lines, line = {}, ""
  for _, piece in ipairs(escaped(text)) do
    if room and #line + #piece > room then
      lines[#lines + 1], line = line, ""
    end
    line = line .. piece
  end
  lines[#lines + 1] = line
  local gap = '"\n' .. (" "):rep(column or 0) .. '"'
  return '"' .. table.concat(lines, gap) .. '"'
end

-- Items with a comma after each but the last, as many to a line as fit; an
-- item of several lines begins one of its own.
local function fill(items, first, margin, last)
  local lines, line = {}, first
  for i, item in ipairs(items) do
    local text = item .. (i < #items and "," or last)
    local gap = (line == first or line == margin) and "" or " "
    local tall = text:find("\n", 1, true)
    if gap ~= "" and (tall or #line + 1 + #text > width) then
      lines[#lines + 1], line, gap = line, margin, ""
    end
    line = line .. gap .. text
    if tall and i < #items then lines[#lines + 1], line = line, margin end
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

--- One element of an array of structures.
---@param fields string[] ".name = value"
---@param indent integer
---@return string
function M.row(fields, indent)
  local margin = (" "):rep(indent)
  return fill(fields, margin .. "{", margin .. " ", "},")
end

-- "static const T name = {", broken before the name where it is too long.
local function head(kind, name)
  local line = kind .. " " .. name .. " = {"
  if #line <= width then return line end
  return kind .. "\n    " .. name .. " = {"
end

--- A definition of a structure.
---@param kind string "static const struct ses_shape"
---@param name string
---@param fields string[] ".name = value"
---@return string
function M.definition(kind, name, fields)
  return head(kind, name) .. "\n" .. fill(fields, "    ", "    ", ",") .. "\n};"
end

--- A definition of an array of structures.
---@param kind string "static const struct ses_member"
---@param name string
---@param rows string[] see `row`
---@return string
function M.array(kind, name, rows)
  return head(kind, name .. "[]") .. "\n" .. table.concat(rows, "\n") .. "\n};"
end

--- A definition of an array of words.
---@param kind string "static const char *const"
---@param name string
---@param items string[]
---@return string
function M.list(kind, name, items)
  local line = kind .. " " .. name .. "[] = {"
  local short = line .. table.concat(items, ", ") .. "};"
  if #short <= width then return short end
  if #line > width then line = kind .. "\n    " .. name .. "[] = {" end
  return line .. "\n" .. fill(items, "    ", "    ", ",") .. "\n};"
end

return M
