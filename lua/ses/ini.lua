--- The syntax of AWS's shared configuration files, by the rules of the suite
--- that AWS's SDKs share.
---
--- A section and a property begin in the first column; an indented line goes on
--- with the value above it. A property without a value of its own has
--- sub-properties, which stay text here: see `nested`. Names are told in lower
--- case. What has a name that cannot be one is left out, and must still be well
--- formed.
---
--- Two things the suite leaves open, and botocore decides: an indented line that
--- is nothing but a comment is one, and a lone carriage return ends a line.
local M = {}

local BYTE_ORDER_MARK = "\239\187\191"

local GROUPS = { profile = "profiles", ["sso-session"] = "sso_sessions", services = "services" }

local NO_SECTION = "Expected a profile definition, such as [default], before this line"
local NO_BRACKET = "Profile definition must end with ']'"
local NO_PROPERTY = "Expected a property definition, found continuation"
  .. " (a line that is indented goes on with the property above it)"
local PROPERTY = {
  no_equals = "Expected an '=' sign defining a property",
  no_name = "Property did not have a name",
}
local SUB_PROPERTY = {
  no_equals = "Expected an '=' sign defining a sub-property"
    .. " (the property above it has no value of its own)",
  no_name = "Sub-property did not have a name",
}

-- Ranges and tables where a class or string.lower would follow the host
-- program's locale.
local LOWER = {}
for code = 65, 90 do
  LOWER[string.char(code)] = string.char(code + 32)
end

local function is_name(text)
  return text ~= "" and not text:find("[^A-Za-z0-9_./%%@:+%-]")
end

-- The name of a property as it is told; nil where it cannot be one.
local function property_name(text)
  if is_name(text) then
    return (text:gsub("[A-Z]", LOWER))
  end
end

-- Both searches are linear, which "^%s*(.-)%s*$" is not.
local function trim(text)
  local first = text:find("[^ \t]")
  return first and text:sub(first, text:match("^.*[^ \t]()") - 1) or ""
end

-- A line up to its comment, which begins with a match of the pattern.
local function before(line, pattern)
  local comment = line:find(pattern)
  return trim(comment and line:sub(1, comment - 1) or line)
end

-- The name and the value on a line; nil and what is wrong.
local function split(line, faults)
  local equals = line:find("=", 1, true)
  local name = equals and trim(line:sub(1, equals - 1))
  if not name then
    return nil, faults.no_equals
  elseif name == "" then
    return nil, faults.no_name
  end
  return name, trim(line:sub(equals + 1))
end

-- Lines are joined once they are all there: appending each would copy a value
-- of many lines as often as it has lines.
local function close_property(state)
  if state.lines and state.name and state.properties then
    state.properties[state.name] = table.concat(state.lines, "\n")
  end
  state.lines = nil
end

-- The group that a section is of, and its name there; nil: it is left out.
local function place(kind, header)
  local word, rest = header:match("^([^ \t]+)[ \t]+(.*)$")
  if kind == "credentials" then
    return "profiles", header
  elseif word then
    return GROUPS[word], rest
  end
  return header == "default" and "bare" or nil, header
end

local function read_section(state, line)
  local header = before(line, "[#;]"):match("^%[(.*)%]$")
  if not header then
    return NO_BRACKET
  end
  close_property(state)
  state.opened, state.properties = true, nil
  local group, name = place(state.kind, trim(header))
  if group and is_name(name) then
    local sections = state.groups[group]
    sections[name] = sections[name] or {}
    state.properties = sections[name]
  end
end

local function read_property(state, line)
  if not state.opened then
    return NO_SECTION
  end
  local name, value = split(before(line, "[ \t][#;]"), PROPERTY)
  if not name then
    return value
  end
  close_property(state)
  state.name, state.lines = property_name(name), { value }
end

local function read_continuation(state, line)
  local lines = state.lines
  if not lines then
    return state.opened and NO_PROPERTY or NO_SECTION
  end
  local text = trim(line)
  if lines[1] == "" then
    local name, fault = split(text, SUB_PROPERTY)
    if not name then
      return fault
    end
  end
  lines[#lines + 1] = text
end

-- What is wrong with a line; nil: nothing.
local function read_line(state, line)
  local first = line:find("[^ \t]")
  if not first or line:find("^[#;]", first) then
    return nil
  elseif first > 1 then
    return read_continuation(state, line)
  elseif line:find("^%[") then
    return read_section(state, line)
  end
  return read_property(state, line)
end

---@class ses.Sections
---@field profiles table<string, table<string, string>> properties by profile
---@field sso_sessions table<string, table<string, string>> of "[sso-session name]"
---@field services table<string, table<string, string>> of "[services name]"

--- Reads the text of a file. Sections of one name are one section, and the last
--- of two properties of one name holds; "[profile default]" replaces "[default]".
---@param text string
---@param kind "config"|"credentials" a credentials file has profiles only, without a prefix
---@param source string what a message calls the text: its path
---@return ses.Sections|nil
---@return string|nil message with the source and the line's number, and nothing of the line
function M.parse(text, kind, source)
  local groups = { profiles = {}, sso_sessions = {}, services = {}, bare = {} }
  local state = { kind = kind, groups = groups }
  local position, number = text:sub(1, 3) == BYTE_ORDER_MARK and 4 or 1, 0
  while position <= #text do
    local stop = text:find("[\r\n]", position) or #text + 1
    number = number + 1
    local fault = read_line(state, text:sub(position, stop - 1))
    if fault then
      return nil, source .. ", line " .. number .. ": " .. fault
    end
    position = stop + (text:sub(stop, stop + 1) == "\r\n" and 2 or 1)
  end
  close_property(state)
  local profiles = groups.profiles
  profiles.default = profiles.default or groups.bare.default
  return { profiles = profiles, sso_sessions = groups.sso_sessions, services = groups.services }
end

--- The sub-properties in the text of a property. A comment is part of a
--- sub-property's value, as of any line that goes on with a value.
---@param text string|nil the property, as `parse` tells it
---@return table<string, string>|nil sub_properties nil: it has a value of its own, or none
function M.nested(text)
  if not text or text:sub(1, 1) ~= "\n" then
    return nil
  end
  local result = {}
  for line in text:gmatch("[^\n]+") do
    local name, value = split(line, SUB_PROPERTY)
    name = name and property_name(name)
    if name then
      result[name] = value
    end
  end
  return result
end

return M
