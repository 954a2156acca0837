--- Results of operations as documents, as the AWS CLI shows them.
local core = require "ses.core"
local document = require "ses.cli.document"
local key_order = require "ses.cli.key_order"
local model = require "ses.model"

local M = {}

-- How many seconds local time is ahead of UTC at a time.
local function offset_at(seconds)
  local here, utc = os.date("*t", seconds), os.date("!*t", seconds)
  local days = here.year ~= utc.year and here.year - utc.year or here.yday - utc.yday
  return ((days * 24 + here.hour - utc.hour) * 60 + here.min - utc.min) * 60
end

-- A time as Python's isoformat() writes it. What comes in seconds is shown in
-- local time, what comes as text in UTC, as the service wrote it.
local function time_of(number, is_local)
  local seconds = math.floor(number)
  local micros = require("ses.cli.python").round((number - seconds) * 1000000)
  if micros == 1000000 then
    seconds, micros = seconds + 1, 0
  end
  local offset = is_local and offset_at(seconds) or 0
  local at = os.date("!*t", seconds + offset)
  local minutes = math.floor(math.abs(offset) / 60)
  return ("%04d-%02d-%02dT%02d:%02d:%02d%s%s%02d:%02d"):format(at.year, at.month, at.day, at.hour,
    at.min, at.sec, micros > 0 and (".%06d"):format(micros) or "", offset < 0 and "-" or "+",
    math.floor(minutes / 60), minutes % 60)
end

local convert

local converters = {
  blob = function(_, _, value)
    return core.encode_base64(value)
  end,
  double = function(_, _, value)
    return document.double(value)
  end,
  timestamp = function(at, shape, value)
    local format = shape.format or model.service(at.service).protocol == "query" and "iso8601"
      or "epoch"
    return time_of(value, format == "epoch")
  end,
  structure = function(at, shape, value)
    local object = document.object()
    for _, member in ipairs(shape.members) do
      if value[member.name] ~= nil then
        document.set(object, member.name, convert(at, member.shape, value[member.name]))
      end
    end
    return object
  end,
  list = function(at, shape, value)
    local array = document.array()
    for i, item in ipairs(value) do
      array[i] = convert(at, shape.member.shape, item)
    end
    return array
  end,
  map = function(at, shape, value)
    local object, keys = document.object(), {}
    for key in pairs(value) do
      keys[#keys + 1] = key
    end
    at.sort(keys)
    for _, key in ipairs(keys) do
      document.set(object, key, convert(at, shape.value.shape, value[key]))
    end
    return object
  end,
}

function convert(at, name, value)
  local shape = model.shape(at.service, name)
  local converter = converters[shape.type]
  return converter and converter(at, shape, value) or value
end

--- What a client returned as a document: members in the model's order, keys of maps in
--- the service's, blobs in base64, times as "2026-01-02T03:04:05+00:00". What the
--- model does not have is left out.
---@param service string "ses"
---@param operation string "GetSendQuota"
---@param result table
---@param body string|nil the answer that it is from; nil: keys of maps are sorted
---@return table|nil object nil: it has no members, and nothing is printed
function M.document(service, operation, result, body)
  local output = model.operation(service, operation).output
  local at = { service = service, sort = key_order.of(body) }
  local object = output and convert(at, output, result)
  return object and not document.is_empty_object(object) and object or nil
end

return M
