--- Scalars of YAML, styled as libyaml styles them: plain where that reads back as
--- the same text, else in single quotes, else in double ones.
local unicode = require "ses.cli.output.unicode"

local M = {}

-- The column after which a text is folded at the next space.
local WIDTH = 80

local function any(patterns)
  return function(text)
    for _, pattern in ipairs(patterns) do
      if text:find(pattern) then
        return true
      end
    end
    return false
  end
end

local function one_of(...)
  local words = {}
  for _, word in ipairs { ... } do
    words[word] = true
  end
  return function(text)
    return words[text] == true
  end
end

local is_word = one_of("true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL",
  "~", "", "<<", "=", ".nan", ".NaN", ".NAN")

local is_number = any {
  "^[-+]?0b[01_]+$", "^[-+]?0o?[0-7_]+$", "^[-+]?[%d_]+$", "^[-+]?0x[%x_]+$",
  "^[-+]?%d[%d_]*%.[%d_]*$", "^[-+]?%d[%d_]*%.[%d_]*[eE][-+]?%d+$",
  "^[-+]?%d[%d_]*[eE][-+]?%d+$", "^[-+]?%.[%d_]+$", "^[-+]?%.[%d_]+[eE][-+]%d+$",
  "^[-+]?%.inf$", "^[-+]?%.Inf$", "^[-+]?%.INF$",
}

-- "2026-01-02", or with a time after it.
local function is_time(text)
  if text:find "^%d%d%d%d%-%d%d%-%d%d$" then
    return true
  end
  local gap, rest = text:match "^%d%d%d%d%-%d%d?%-%d%d?([Tt \t]+)%d%d?:%d%d:%d%d(.*)$"
  if not gap or not gap:find "^[Tt]$" and not gap:find "^[ \t]+$" then
    return false
  end
  rest = rest:gsub("^%.%d*", ""):gsub("^[ \t]*", "")
  return rest == "" or rest == "Z" or rest:find "^[-+]%d%d?$" ~= nil
    or rest:find "^[-+]%d%d?:%d%d$" ~= nil
end

-- Whether YAML 1.2 reads a plain text as something else than text.
local function is_other(text)
  return is_word(text) or text:find "^[-+.%d]" ~= nil and (is_number(text) or is_time(text))
end

-- Whether libyaml takes a character for one to print: not beyond U+FFFF.
local function is_printable(char)
  local code = unicode.code_point(char)
  return code == 10 or code >= 0x20 and code <= 0x7E or code >= 0xA0 and code <= 0xFFFD
    and code ~= 0xFEFF
end

local BREAKS = { ["\n"] = true, ["\226\128\168"] = true, ["\226\128\169"] = true }
local BLANKS = { [""] = true, [" "] = true, ["\t"] = true, ["\r"] = true, ["\194\133"] = true }

local function is_blank(char)
  return BLANKS[char] or BREAKS[char] or false
end

local STARTS = "^[#,%[%]{}&*!|>'\"%%@`]"

-- What there is in a text that tells which styles can hold it.
local function analyze(chars, text)
  local found = { breaks = false, special = false, space_break = false, break_space = false,
                  indicator = text:find(STARTS) ~= nil or text:find "^%-%-%-" ~= nil
                    or text:find "^%.%.%." ~= nil }
  for i, char in ipairs(chars) do
    local before, after = chars[i - 1] or " ", chars[i + 1] or ""
    found.special = found.special or not is_printable(char)
    found.breaks = found.breaks or BREAKS[char] or false
    found.break_space = found.break_space or char == " " and BREAKS[before] or false
    found.space_break = found.space_break or BREAKS[char] and before == " " and i > 1 or false
    if char == ":" or i == 1 and (char == "?" or char == "-") then
      found.indicator = found.indicator or is_blank(after)
    elseif char == "#" then
      found.indicator = found.indicator or is_blank(before)
    end
  end
  return found
end

local function style_of(text, chars, is_key)
  local found = analyze(chars, text)
  if found.special or found.space_break or found.break_space or is_key and found.breaks then
    return "double"
  elseif found.indicator or found.breaks or is_other(text) or text:find "^ " or text:find " $" then
    return "single"
  end
  return "plain"
end

-- Starts a line, set in.
local function new_line(out, indent)
  out:put("\n" .. (" "):rep(indent), indent)
end

local function is_fold(out, chars, i, indent)
  return indent and out.column > WIDTH and i > 1 and i < #chars and chars[i - 1] ~= " "
end

local function write_plain(out, chars, indent)
  for i, char in ipairs(chars) do
    if char == " " and is_fold(out, chars, i, indent) and chars[i + 1] ~= " " then
      new_line(out, indent)
    else
      out:put(char)
    end
  end
end

-- A line break is doubled, for one alone reads back as a space.
local function write_single(out, chars, indent)
  out:put "'"
  local broken = false
  for i, char in ipairs(chars) do
    if BREAKS[char] then
      out:put(char == "\n" and not broken and "\n\n" or char, 0)
      broken = true
    elseif char == " " and is_fold(out, chars, i, indent) and chars[i + 1] ~= " " then
      new_line(out, indent)
    else
      if broken then
        out:put((" "):rep(indent), indent)
        broken = false
      end
      if char == "'" then
        out:put "'"
      end
      out:put(char)
    end
  end
  out:put(broken and (" "):rep(indent) .. "'" or "'")
end

local NAMED = {
  ["\0"] = "0", ["\a"] = "a", ["\b"] = "b", ["\t"] = "t", ["\n"] = "n", ["\v"] = "v",
  ["\f"] = "f", ["\r"] = "r", ["\27"] = "e", ['"'] = '"', ["\\"] = "\\", ["\194\133"] = "N",
  ["\226\128\168"] = "L", ["\226\128\169"] = "P",
}

local function escaped(char)
  local code = unicode.code_point(char)
  return "\\" .. (NAMED[char] or (code <= 0xFF and "x%02X" or code <= 0xFFFF and "u%04X"
    or "U%08X"):format(code))
end

-- Folded at a space; one more space after it is saved by a backslash.
local function write_double(out, chars, indent)
  out:put '"'
  for i, char in ipairs(chars) do
    if char == " " and is_fold(out, chars, i, indent) then
      new_line(out, indent)
      if chars[i + 1] == " " then
        out:put "\\"
      end
    elseif BREAKS[char] or char == '"' or char == "\\" or not is_printable(char) then
      local escape = escaped(char)
      out:put(escape, out.column + #escape)
    else
      out:put(char)
    end
  end
  out:put '"'
end

local WRITERS = { plain = write_plain, single = write_single, double = write_double }

local function characters(text)
  local chars = {}
  for char in text:gmatch(unicode.CHARACTER) do
    chars[#chars + 1] = char
  end
  return chars
end

--- Whether a text is a key on the line of its value: a short one, without breaks.
---@param text string
---@return boolean
function M.is_simple_key(text)
  return #text <= 128 and not text:find "\n" and not text:find "\226\128[\168\169]"
end

--- Writes a text.
---@param out table column, and put(out, text, column), which adds a text of one
---  column, or one after which the column is this
---@param text string UTF-8
---@param indent integer|nil how far the lines are set in on which it goes on; nil: it
---  must stay on one
function M.write(out, text, indent)
  -- Most texts are words that nothing has to be done for.
  if text:find "^[%a/][%w/_.@+-]*$" and not is_word(text) then
    return out:put(text, out.column + #text)
  end
  local chars = characters(text)
  WRITERS[style_of(text, chars, not indent)](out, chars, indent)
end

local function append(parts, text)
  parts[#parts + 1] = text
end

--- A text on one line.
---@param text string
---@return string
function M.on_one_line(text)
  local parts = { column = 0, put = append }
  M.write(parts, text)
  return table.concat(parts)
end

return M
