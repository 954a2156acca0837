--- Cuts a Handlebars template into texts and tags.
---
--- What it does to white space: a tag with a tilde takes the white space on that
--- side of it; a line that holds nothing but one tag of a block, or a comment,
--- leaves nothing behind; so does the end of the line on which an inline partial
--- ends.
local M = {}

local NEWLINE, CR, TAB, SPACE, BACKSLASH, TILDE = 10, 13, 9, 32, 92, 126

-- No tag needs more, and what reads it may look at it again and again.
local LONGEST_TAG = 1000

---@class ses.emulator.Token
---@field text string|nil of a text
---@field sigil string|nil of a tag: what it begins with, "" for a value
---@field content string|nil of a tag: the rest of it, trimmed
---@field line integer|nil of a tag: where it begins

local function is_blank(byte)
  return byte == SPACE or byte == TAB
end

local function is_space(byte)
  return is_blank(byte) or byte == NEWLINE or byte == CR
end

-- Where the blanks before a position begin, if they begin a line.
local function line_start(source, at)
  local i = at
  while i > 1 and is_blank(source:byte(i - 1)) do
    i = i - 1
  end
  return (i == 1 or source:byte(i - 1) == NEWLINE) and i or nil
end

-- Where the next line begins, if only blanks are left of this one.
local function line_end(source, at)
  local stop = source:match("^[ \t]*\r?\n()", at)
  if stop then
    return stop
  end
  return source:find("^[ \t]*$", at) and #source + 1 or nil
end

local function is_of_block(sigil, content)
  return sigil == "#" or sigil == "/" or sigil == "^" or sigil == "!" or content == "else"
    or content:find("^else%s") ~= nil
end

-- The end of a comment: its dashes, if it has them, may hold braces.
local function comment_end(source, at)
  if source:find("^!%-%-", at) then
    local stop, past = source:match("()%-%-~?}}()", at + 3)
    return stop, past, stop and source:byte(stop + 2) == TILDE
  end
  local stop = source:find("}}", at, true)
  return stop, stop and stop + 2, stop and source:byte(stop - 1) == TILDE
end

-- The tag whose braces open at a position.
local function read_tag(source, open)
  local at = open + 2
  local tag = {}
  if source:find("^{", at) then
    local stop = source:find("}}}", at, true)
    if not stop or source:find("^{{", at) then
      return nil, stop and "raw blocks are not supported" or "'{{{' is not closed"
    end
    tag.sigil, tag.content, tag.past = "", source:sub(at + 1, stop - 1), stop + 3
    return tag
  end
  if source:find("^~", at) then
    tag.strip_left, at = true, at + 1
  end
  if source:find("^!", at) then
    local stop, past, tilde = comment_end(source, at)
    if not stop then
      return nil, "the comment is not closed"
    end
    tag.sigil, tag.content, tag.past, tag.strip_right = "!", "", past, tilde
    return tag
  end
  local stop = source:find("}}", at, true)
  if not stop then
    return nil, "'{{' is not closed"
  end
  tag.past = stop + 2
  if source:byte(stop - 1) == TILDE and stop - 1 >= at then
    tag.strip_right, stop = true, stop - 1
  end
  local content = source:sub(at, stop - 1)
  tag.sigil = content:match("^[#^/>&*]") or ""
  tag.content = content:sub(#tag.sigil + 1)
  return tag
end

local function count_lines(text)
  local _, count = text:gsub("\n", "")
  return count
end

-- How far back the text before a tag goes, and where the one after it begins.
local function edges(source, open, tag)
  local left, right = open, tag.past
  if is_of_block(tag.sigil, tag.content) then
    local from, past = line_start(source, open), line_end(source, tag.past)
    if past and (from or (tag.sigil == "/" and tag.content == "inline")) then
      left, right = from or left, past
    end
  end
  if tag.strip_left then
    while left > 1 and is_space(source:byte(left - 1)) do
      left = left - 1
    end
  end
  if tag.strip_right then
    right = source:find("%S", right) or #source + 1
  end
  return left, right
end

local function add_text(tokens, source, from, to)
  if to >= from then
    tokens[#tokens + 1] = { text = source:sub(from, to) }
  end
end

-- What a backslash before a tag means: one makes a text of it, of two one
-- stands for itself. Where the text after it begins, or nil where the tag is one.
local function escaped(tokens, source, at, open)
  if open == at or source:byte(open - 1) ~= BACKSLASH then
    return nil
  elseif open - 1 > at and source:byte(open - 2) == BACKSLASH then
    add_text(tokens, source, at, open - 2)
    return nil, open
  end
  add_text(tokens, source, at, open - 2)
  local stop = source:find("}}", open, true)
  local past = stop and stop + 2 or #source + 1
  add_text(tokens, source, open, past - 1)
  return past
end

--- Cuts a template into its tokens.
---@param source string
---@return ses.emulator.Token[]|nil tokens
---@return string|nil message what is wrong with it
function M.tokens(source)
  local tokens, at, line, counted = {}, 1, 1, 1
  while true do
    local open = source:find("{{", at, true)
    if not open then
      break
    end
    local past, from = escaped(tokens, source, at, open)
    if not past then
      local tag, message = read_tag(source, open)
      line, counted = line + count_lines(source:sub(counted, open - 1)), open
      if tag and #tag.content > LONGEST_TAG then
        tag, message = nil, "a tag is longer than " .. LONGEST_TAG .. " bytes"
      end
      if not tag then
        return nil, "line " .. line .. ": " .. message
      end
      tag.content = tag.content:match("^%s*(.*%S)") or ""
      local left, right = edges(source, open, tag)
      add_text(tokens, source, from or at, left - 1)
      tokens[#tokens + 1] = { sigil = tag.sigil, content = tag.content, line = line }
      past = right
    end
    at = past
  end
  add_text(tokens, source, at, #source)
  return tokens
end

return M
