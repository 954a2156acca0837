--- Which of a set of names somebody most likely meant.
local M = {}

-- A suggestion is not worth the time that more would take.
local MOST = 2000

-- Letter case and word separators are what people mix up first, so
-- "setIdentityMailFromDomain" is no distance at all from
-- "set_identity_mail_from_domain".
local function plain(name)
  return (name:lower():gsub("[_%- ]", ""))
end

--- How many insertions, deletions, substitutions and swaps of neighbours turn
--- one text into the other (the optimal string alignment distance).
---@param a string
---@param b string
---@return integer
function M.distance(a, b)
  local before, previous = nil, {}
  for j = 0, #b do
    previous[j] = j
  end
  for i = 1, #a do
    local current = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      local least = previous[j - 1] + (same and 0 or 1)
      least = math.min(least, previous[j] + 1, current[j - 1] + 1)
      if before and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        least = math.min(least, before[j - 2] + 1)
      end
      current[j] = least
    end
    before, previous = previous, current
  end
  return previous[#b]
end

--- The candidate nearest to a name, if any is near enough to be a slip of the
--- keyboard rather than something else.
---@param name any what was written
---@param candidates table<string, any> the names that exist, as keys
---@return string|nil
function M.find(name, candidates)
  if type(name) ~= "string" or #name > 200 then
    return nil
  end
  local wanted = plain(name)
  local best, least = nil, math.max(2, math.floor(#wanted / 4)) + 1
  local count = 0
  for candidate in pairs(candidates) do
    count = count + 1
    if count > MOST then
      return nil
    end
    local other = plain(candidate)
    if math.abs(#other - #wanted) <= least then
      local distance = M.distance(wanted, other)
      -- Equal distances go by the alphabet, so that the answer is the same in
      -- every run.
      if distance < least or (best and distance == least and candidate < best) then
        best, least = candidate, distance
      end
    end
  end
  -- "ses" is two letters from anything short: half of a name must be right.
  if best and least * 2 > #wanted then
    return nil
  end
  return best
end

--- The clause that a message about an unknown name ends with.
---@param name any
---@param candidates table<string, any>
---@return string "; did you mean 'region'?", or "" where nothing is near
function M.hint(name, candidates)
  local found = M.find(name, candidates)
  return found and ("; did you mean '" .. found .. "'?") or ""
end

return M
