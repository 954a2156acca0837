-- Random documents, such as results of operations and what queries make of them.

local document = require "ses.cli.document"
local random = require "spec.support.random"

local M = {}

local NAMES = {
  "Identity", "Tags", "Items", "Name", "Status", "B", "a", "Id", "MailFromDomain", "Rules",
  "example.com", "news@example.org", "x y", "1", "true", "key: value", ("long"):rep(40), "",
}

local PIECES = {
  "word", "Pending", "a", " ", "  ", ": ", ":", " #", "#", "- ", "-", "'", '"', "\\", "\n", "\t",
  "{", "]", ",", "&", "*", "!", "|", "%", "@", "`", "?", "? ", "=", "~", ".", "12", "0x1F", "1e3",
  "é", "ß", "Ω", "中文", "한", "…", "\194\160", "\226\128\168", "\240\159\152\128", "\127", "\1",
  "example.com", "<html>", "€", "\239\188\161", "\204\129", "\239\187\191", "\226\128\139",
}

local WHOLE = {
  "", "true", "null", "Null", "~", "yes", "NO", "1", "-1", "+12", "0o17", "017", "1_000", "0x1f",
  "1.5", ".5", "1.", "1e3", "1e", ".inf", ".nan", "-.INF", "2026-01-02", "2026-1-2 3:04:05",
  "2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05.123Z", "2026-01-02 03:04:05 +1", "<<", "=",
  "---", "--- a", "...", "-", "- a", "a: b", "a:b", "http://x.y/z", "a #b", " a", "a ", "it's",
  'say "no"', "both ' and \"", "a\nb", "\n", "a\n", "a \nb", "a\n b", "C:\\x", "_1", "-_", "0b1",
  ("word "):rep(40), ("it: "):rep(40), ("x"):rep(120), ("é "):rep(60), ("\1 word  "):rep(20),
  "arn:aws:ses:us-east-1:123456789012:identity/example.com", "bounce.example.com", "None",
}

local NUMBERS = { 0, 1, -1, 200, 86400, 2147483648, 9007199254740991 }
local DOUBLES = { 0, 1, 50, 0.5, 1.25, -2.75, 1e16, 1e-7, 123456.789, 1e22, -0.1, 1 / 3 }

local function text(source)
  if source:int(1, 3) == 1 then
    return source:text(PIECES, 0, 6)
  end
  return source:pick(WHOLE)
end

--- A scalar.
---@param source table of spec.support.random
---@return any
function M.scalar(source)
  local kind = source:int(1, 12)
  if kind <= 7 then
    return text(source)
  elseif kind == 8 then
    return source:pick(NUMBERS)
  elseif kind == 9 then
    return document.double(source:pick(DOUBLES))
  elseif kind <= 11 then
    return source:int(0, 1) == 1
  end
  return document.null
end

local function object(source, depth, make)
  local made = document.object()
  for _ = 1, source:int(0, 4) do
    document.set(made, source:pick(NAMES), make(source, depth - 1))
  end
  return made
end

-- A list whose objects have much the same members, as results have.
local function objects(source, depth)
  local names, list = {}, document.array()
  for i = 1, source:int(1, 4) do
    names[i] = { source:pick(NAMES), source:int(1, 4) == 1 and M.value or M.scalar }
  end
  for i = 1, source:int(1, 4) do
    list[i] = document.object()
    for _, one in ipairs(names) do
      if source:int(1, 6) > 1 then
        document.set(list[i], one[1], one[2](source, depth - 1))
      end
    end
  end
  return list
end

local function array(source, depth, make)
  local list = document.array()
  for i = 1, source:int(0, 4) do
    list[i] = make(source, depth - 1)
  end
  return list
end

--- A value.
---@param source table of spec.support.random
---@param depth integer how deep it can be
---@return any
function M.value(source, depth)
  local kind = depth > 0 and source:int(1, 10) or 1
  if kind <= 2 then
    return M.scalar(source)
  elseif kind <= 5 then
    return object(source, depth, M.value)
  elseif kind <= 7 then
    return objects(source, depth)
  elseif kind == 8 then
    return array(source, depth, M.value)
  elseif kind == 9 then
    return array(source, depth, M.scalar)
  end
  return object(source, depth, M.scalar)
end

--- Documents.
---@param count integer
---@param seed integer
---@return any[]
function M.some(count, seed)
  local source, list = random.new(seed), {}
  for i = 1, count do
    list[i] = M.value(source, source:int(1, 4))
  end
  return list
end

return M
