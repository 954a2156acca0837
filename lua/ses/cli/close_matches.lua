--- Which words are close to another, as Python's difflib finds them: the AWS CLI asks
--- it what somebody may have meant.
local unicode = require "ses.cli.output.unicode"

local M = {}

local CUTOFF, MOST = 0.8, 3

local function characters(text)
  local list = {}
  for character in text:gmatch(unicode.CHARACTER) do
    list[#list + 1] = character
  end
  return list
end

-- The longest run that a[from_a..to_a] and b[from_b..to_b] share, the first one of
-- several: where it begins in each, and its length.
local function longest_run(a, b, from_a, to_a, from_b, to_b)
  local best_a, best_b, best = from_a, from_b, 0
  local above = {}
  for i = from_a, to_a do
    local lengths = {}
    for j = from_b, to_b do
      if a[i] == b[j] then
        local length = (above[j - 1] or 0) + 1
        lengths[j] = length
        if length > best then
          best_a, best_b, best = i - length + 1, j - length + 1, length
        end
      end
    end
    above = lengths
  end
  return best_a, best_b, best
end

-- How many characters two words share, in runs in the same order.
local function shared(a, b, from_a, to_a, from_b, to_b)
  local at_a, at_b, length = longest_run(a, b, from_a, to_a, from_b, to_b)
  if length == 0 then
    return 0
  end
  return length + shared(a, b, from_a, at_a - 1, from_b, at_b - 1)
    + shared(a, b, at_a + length, to_a, at_b + length, to_b)
end

--- The words that are close to one.
---@param word string
---@param words string[]
---@return string[] up to three, the closest first
function M.find(word, words)
  local wanted, found = characters(word), {}
  for _, candidate in ipairs(words) do
    local a = characters(candidate)
    local both = #a + #wanted
    local score = 2 * math.min(#a, #wanted) / both
    if score >= CUTOFF then
      score = 2 * shared(a, wanted, 1, #a, 1, #wanted) / both
      found[#found + 1] = score >= CUTOFF and { word = candidate, score = score } or nil
    end
  end
  table.sort(found, function(a, b)
    if a.score ~= b.score then
      return a.score > b.score
    end
    return a.word > b.word
  end)
  local close = {}
  for i = 1, math.min(#found, MOST) do
    close[i] = found[i].word
  end
  return close
end

return M
