--- Command lines as files of configuration have them: split into words as a
--- POSIX shell would, and as Python's shlex.split does for the AWS CLI.
---
--- Nothing is expanded: no variable, no wildcard, no home directory. A `#` begins
--- no comment, and operators of a shell are words like others.
local M = {}

-- The text between double quotes, and where it goes on after them; nil: they
-- do not end. A backslash is one but before another, or before a quote.
local function quoted(text, from)
  local parts = {}
  while true do
    local at = text:find('["\\]', from)
    if not at then
      return nil
    end
    parts[#parts + 1] = text:sub(from, at - 1)
    if text:sub(at, at) == '"' then
      return table.concat(parts), at + 1
    end
    local escaped = text:match('^["\\]', at + 1)
    parts[#parts + 1] = escaped or "\\"
    from = at + (escaped and 2 or 1)
  end
end

-- The next piece of a word, and where the text goes on after it; or nil and
-- what is wrong.
local function take_piece(text, from)
  local plain = text:match("^[^ \t\r\n'\"\\]+", from)
  if plain then
    return plain, from + #plain
  end
  local first = text:sub(from, from)
  if first == "\\" then
    if from == #text then
      return nil, "it ends with a backslash that escapes nothing"
    end
    return text:sub(from + 1, from + 1), from + 2
  elseif first == "'" then
    local close = text:find("'", from + 1, true)
    if close then
      return text:sub(from + 1, close - 1), close + 1
    end
    return nil, "a single quote (') has no end"
  end
  local inside, after = quoted(text, from + 1)
  if inside then
    return inside, after
  end
  return nil, 'a double quote (") has no end'
end

-- The word that begins there; it ends at a blank or with the text.
local function take_word(text, from)
  local parts = {}
  while from <= #text and not text:find("^[ \t\r\n]", from) do
    local piece, next_from = take_piece(text, from)
    if not piece then
      return nil, next_from
    end
    parts[#parts + 1] = piece
    from = next_from
  end
  return table.concat(parts), from
end

--- Splits a command line into a program and its arguments. Quotes take blanks
--- into a word, a backslash takes the next character as it is; between double
--- quotes it does so for a quote and a backslash only, between single ones never.
---@param text string
---@return string[]|nil words at least one, and the first is not empty
---@return string|nil message
function M.split(text)
  if text:find("\0", 1, true) then
    return nil, "it has a NUL byte"
  end
  local words = {}
  local from = text:find("[^ \t\r\n]")
  while from do
    local word, after = take_word(text, from)
    if not word then
      return nil, after
    end
    words[#words + 1] = word
    from = text:find("[^ \t\r\n]", after)
  end
  if not words[1] or words[1] == "" then
    return nil, "it names no program"
  end
  return words
end

return M
