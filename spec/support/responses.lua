-- Responses as the services write them, for samples of results and errors.

local core = require "ses.core"
local json_text = require "spec.support.json_text"

local M = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ["\r"] = "&#13;" }

local function escaped(text)
  return (tostring(text):gsub("[&<>\r]", entities))
end

local function scalar(shape, value)
  if M.marked and value == M.marked.mark then return value end
  if shape.type == "blob" then return core.encode_base64(value) end
  if shape.type == "timestamp" then return core.format_time(value, "iso8601") end
  if type(value) == "number" then return ("%.17g"):format(value) end
  return escaped(value)
end

local write

local function element(service, name, member, value)
  return ("<%s>%s</%s>"):format(name, write(service, member.shape, value), name)
end

-- The content of the element that stands for a value.
function write(service, name, value)
  local shape, out = core.shape(service, name), {}
  if shape.type == "structure" then
    for _, member in ipairs(shape.members) do
      if value[member.name] ~= nil then
        out[#out + 1] = element(service, member.wire, member, value[member.name])
      end
    end
  elseif shape.type == "list" then
    for _, item in ipairs(value) do
      out[#out + 1] = element(service, shape.member.wire, shape.member, item)
    end
  elseif shape.type == "map" then
    for key, item in pairs(value) do
      out[#out + 1] = "<entry>" .. element(service, shape.key.wire, shape.key, key)
        .. element(service, shape.value.wire, shape.value, item) .. "</entry>"
    end
  else
    return scalar(shape, value)
  end
  return table.concat(out)
end

-- A value as the JSON of a body has it: wire names.
local function wired(service, name, value)
  local shape, made = core.shape(service, name), {}
  if shape.type == "structure" then
    for _, member in ipairs(shape.members) do
      if value[member.name] ~= nil and member.location == "body" then
        made[member.wire] = wired(service, member.shape, value[member.name])
      end
    end
  elseif shape.type == "list" then
    for i, item in ipairs(value) do made[i] = wired(service, shape.member.shape, item) end
    return json_text.list(made)
  elseif shape.type == "map" then
    for key, item in pairs(value) do made[key] = wired(service, shape.value.shape, item) end
  elseif shape.type == "blob" then
    return core.encode_base64(value)
  else
    return value
  end
  return made
end

--- The response that holds a result.
---@param service string
---@param operation string
---@param result table? nil where the operation has no output
---@return {status: integer, headers: table<string, string>, body: string}
function M.result(service, operation, result)
  local op = core.operation(service, operation)
  if core.service(service).protocol == "rest-json" then
    local body = json_text.encode(op.output and wired(service, op.output, result) or {})
    return { status = 200, body = body, headers = {
      ["content-type"] = "application/json", ["x-amzn-requestid"] = "request-1",
    } }
  end
  local inner = op.output and write(service, op.output, result) or ""
  if op.wrapper then inner = ("<%s>%s</%s>"):format(op.wrapper, inner, op.wrapper) end
  return { status = 200, headers = { ["content-type"] = "text/xml" }, body =
    ('<%sResponse xmlns="%s">%s<ResponseMetadata><RequestId>request-1</RequestId>'
      .. "</ResponseMetadata></%sResponse>"):format(operation, core.service(service).xmlns, inner,
      operation) }
end

--- The body of a response of the query protocol in which one place of the
--- result holds a text that its shape does not allow.
---@param service string
---@param operation string
---@param result table
---@param place spec.Place of the result, a scalar
---@param text string what stands there
---@return string
function M.result_with(service, operation, result, place, text)
  local mark = "@" .. tostring(place):gsub("%W", "") .. "@"
  M.marked = { place = place, mark = mark }
  place.set(mark)
  local body = M.result(service, operation, result).body
  M.marked = nil
  return (body:gsub(mark, function() return text end))
end

--- The response that is an error.
---@param service string
---@param shape string an error's
---@param members table
---@return {status: integer, headers: table<string, string>, body: string}
function M.fault(service, shape, members)
  local found = core.shape(service, shape)
  local status = found.error.status or 400
  if core.service(service).protocol == "rest-json" then
    return { status = status, body = json_text.encode(wired(service, shape, members)), headers = {
      ["content-type"] = "application/json", ["x-amzn-requestid"] = "request-2",
      ["x-amzn-errortype"] = found.error.code .. ":http://internal.example.com/",
    } }
  end
  return { status = status, headers = { ["content-type"] = "text/xml" }, body =
    ('<ErrorResponse xmlns="%s"><Error><Type>Sender</Type><Code>%s</Code>%s</Error>'
      .. "<RequestId>request-2</RequestId></ErrorResponse>"):format(core.service(service).xmlns,
      found.error.code, write(service, shape, members)) }
end

return M
