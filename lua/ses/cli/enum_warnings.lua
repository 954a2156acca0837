--- Warnings of values that are none of those that the tables know. They are sent all the
--- same, as by the AWS CLI: the service may know more.
local document = require "ses.cli.document"
local model = require "ses.model"

local M = {}

local MOST = 10

local walk

local function check(self, shape, value, path)
  local known = {}
  for _, name in ipairs(shape.enum) do
    known[name] = true
  end
  if not known[value] then
    self[#self + 1] = ("warning: %s: %s, which is sent as it is, is none of the values that are"
      .. " known here: %s%s\n"):format(path,
      require("ses.cli.brief")(require("ses.cli.python").repr(value)),
      table.concat(shape.enum, ", "), require("ses.nearest").hint(value, known))
  end
end

local walkers = {
  object = function(self, shape, value, path)
    for _, member in ipairs(shape.members or {}) do
      walk(self, member.shape, document.get(value, member.name),
        path == "" and member.name or path .. "." .. member.name)
    end
    for _, key in ipairs(shape.value and document.names(value) or {}) do
      walk(self, shape.value.shape, document.get(value, key), path .. "." .. key)
    end
  end,
  array = function(self, shape, value, path)
    for i = 1, shape.member and #value or 0 do
      walk(self, shape.member.shape, value[i], ("%s[%d]"):format(path, i - 1))
    end
  end,
  string = function(self, shape, value, path)
    if shape.enum then
      check(self, shape, value, path)
    end
  end,
}

function walk(self, name, value, path)
  local walker = value ~= nil and #self < MOST and walkers[document.type(value)]
  if walker then
    walker(self, model.shape(self.service, name), value, path)
  end
end

--- The warnings.
---@param service string
---@param input string the operation's shape
---@param values table object of ses.cli.document
---@return string[] texts for standard error, at most ten
function M.of(service, input, values)
  local self = { service = service }
  walk(self, input, values, "")
  self.service = nil
  return self
end

return M
