--- What several actions print: documents for programs, lines for people.
local document = require "ses.cli.document"

local M = {}

--- An object of pairs; what is nil is left out.
---@param ... any names and values
---@return table
function M.object(...)
  local made = document.object()
  for i = 1, select("#", ...), 2 do
    local name, value = select(i, ...)
    if value ~= nil then
      document.set(made, name, value)
    end
  end
  return made
end

--- An array of what a function makes of the items of a list.
---@param list any[]
---@param convert fun(item: any): any
---@return table
function M.array(list, convert)
  local made = {}
  for i, item in ipairs(list) do
    made[i] = convert(item)
  end
  return document.array(made)
end

--- A setting.
---@param value ses.mail_from.Setting
---@return table
function M.setting(value)
  return M.object("identity", value.identity, "is_known", value.is_known, "verification",
    value.verification, "mail_from_domain", value.domain, "status", value.status, "behavior",
    value.behavior, "error", value.err and tostring(value.err) or nil)
end

--- A record of DNS.
---@param value ses.mail_from.Record
---@return table
function M.record(value)
  return M.object("name", value.name, "type", value.type, "ttl", value.ttl, "value", value.value)
end

--- Adds a line.
---@param lines string[]
---@param form string of string.format
function M.add(lines, form, ...)
  lines[#lines + 1] = form:format(...)
end

--- A setting for people.
---@param value ses.mail_from.Setting
---@return string
function M.setting_line(value)
  local text
  if value.err then
    text = tostring(value.err)
  elseif not value.is_known then
    text = "SES does not have this identity in this region"
  elseif not value.domain then
    text = "NOT_SET"
  else
    text = ("%s %s, %s"):format(value.domain, value.status, value.behavior or "")
  end
  return value.identity .. ": " .. text
end

return M
