--- In which order a service sent the keys of maps. Lua's tables forget it, and the AWS
--- CLI shows it. No result of SES has two maps with the same keys in another order.
local M = {}

-- A quote within a text must not look like its end.
local ESCAPES = { ['"'] = "\\u0022" }
local ENTITIES = { amp = "&", lt = "<", gt = ">", quot = '"', apos = "'" }

local function of_xml(text)
  return (text:gsub("&(%w+);", ENTITIES))
end

local function of_json(text)
  local ok, value = pcall(require("cjson").decode, "[" .. text .. "]")
  return ok and value[1] or text
end

local function first_places(body, pattern, read)
  local places = {}
  for at, text in body:gmatch(pattern) do
    local key = read(text)
    places[key] = places[key] or at
  end
  return places
end

-- By key: where it stands first, or may do so: what no map has is asked for by nobody.
local function places_of(body)
  if body:find "^%s*{" then
    body = body:gsub("\\(.)", ESCAPES)
    return first_places(body, '()("[^"]*")%s*:', of_json)
  end
  return first_places(body, "()<key>([^<]*)</key>", of_xml)
end

--- A function that sorts keys in the order that they have in a body.
---@param body string|nil of an answer; nil: by the alphabet
---@return fun(keys: string[])
function M.of(body)
  local places
  return function(keys)
    places = places or body and places_of(body) or {}
    table.sort(keys, function(a, b)
      local at_a, at_b = places[a] or math.huge, places[b] or math.huge
      if at_a ~= at_b then
        return at_a < at_b
      end
      return a < b
    end)
  end
end

return M
