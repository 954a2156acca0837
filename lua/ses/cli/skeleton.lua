--- Skeletons of parameters and results, to be filled in: what the AWS CLI's
--- --generate-cli-skeleton prints.
local document = require "ses.cli.document"
local json = require "ses.cli.json"
local model = require "ses.model"
local phrases = require "ses.cli.phrases"
local scalar = require "ses.cli.output.scalar"

local M = {}

local STEP = 2

-- The members that a structure is shown with: none where it stands within itself.
local function members_of(self, shape)
  return self.open[shape.name] and {} or shape.members
end

-- Calls make() within a structure.
local function within(self, shape, make)
  local outer = self.open[shape.name]
  self.open[shape.name] = true
  make()
  self.open[shape.name] = outer
end

local value_of

-- By type: what stands for a value that is called `name` in its structure or list.
local samples = {
  boolean = function() return true end,
  integer = function() return 0 end,
  long = function() return 0 end,
  double = function() return document.double(0) end,
  timestamp = function() return "1970-01-01T00:00:00" end,
  blob = function() return document.null end,
  string = function(self, shape, name)
    return self.named and name or not self.named and shape.enum and shape.enum[1] or ""
  end,
  list = function(self, shape)
    return document.array { value_of(self, shape.member.shape, shape.member.shape) }
  end,
  map = function(self, shape)
    return document.set(document.object(), "KeyName", value_of(self, shape.value.shape, ""))
  end,
  structure = function(self, shape)
    local object, members = document.object(), members_of(self, shape)
    within(self, shape, function()
      for _, member in ipairs(members) do
        document.set(object, member.name, value_of(self, member.shape, member.name))
      end
    end)
    return object
  end,
}

function value_of(self, shape_name, name)
  local shape = model.shape(self.service, shape_name)
  return samples[shape.type](self, shape, name)
end

--- What an operation takes, as JSON: empty strings, the first of an enum's values.
---@param service string "ses"
---@param operation string "SetIdentityMailFromDomain"
---@return string
function M.input(service, operation)
  local name = model.operation(service, operation).input
  local value = name and value_of({ service = service, open = {} }, name) or document.object()
  return json.encode(value, 4) .. "\n"
end

--- What an operation gives: each string is the name of its member.
---@param service string
---@param operation string
---@return table|nil object for a formatter; nil: it gives nothing
function M.output_document(service, operation)
  local name = model.operation(service, operation).output
  local value = name and value_of({ service = service, open = {}, named = true }, name)
  return value and not document.is_empty_object(value) and value or nil
end

--- What an operation gives, as JSON.
---@param service string
---@param operation string
---@return string "" where it gives nothing
function M.output(service, operation)
  local value = M.output_document(service, operation)
  return value and json.encode(value, 4) .. "\n" or ""
end

-- By type: the word for a scalar in YAML.
local words = {
  boolean = "true", integer = "0", long = "0", double = "0.0", timestamp = "1970-01-01 00:00:00",
  blob = "!!binary ''",
}

local function word_of(self, shape)
  if shape.type == "string" then
    return scalar.on_one_line(shape.enum and shape.enum[1] or "")
  elseif shape.type == "structure" and #members_of(self, shape) == 0 then
    return "{}"
  end
  return words[shape.type]
end

local write_members, write_value

local function add(self, ...)
  for _, text in ipairs { ... } do
    self[#self + 1] = text
  end
end

-- Writes a value after "name:" or "-", with a comment at the end of that line; `first`
-- is what comes before it after a "-". What a list within a list holds begins on the
-- next line.
function write_value(self, shape, indent, comment, first)
  local line = "\n" .. (" "):rep(indent)
  local word = word_of(self, shape)
  if word then
    add(self, " ", word, comment)
  elseif shape.type == "list" then
    add(self, comment, first or line, "-")
    write_value(self, model.shape(self.service, shape.member.shape), first and indent + STEP
      or indent, "", not first and " " or nil)
  elseif shape.type == "map" then
    add(self, comment, first or line .. (" "):rep(STEP), "KeyName:")
    write_value(self, model.shape(self.service, shape.value.shape), indent + STEP, "")
  else
    add(self, comment)
    write_members(self, shape, indent + STEP, first)
  end
end

-- Writes members a line each; `first` is what comes before the first one where it is
-- not a new line. The first comment of a structure is one space further off.
function write_members(self, shape, indent, first)
  within(self, shape, function()
    for i, member in ipairs(shape.members) do
      add(self, i == 1 and first or "\n" .. (" "):rep(indent), member.name, ":")
      local comment = (i == 1 and "  # " or " # ") .. (member.required and "[REQUIRED] " or "")
        .. phrases.of(self.service, member.shape)
      write_value(self, model.shape(self.service, member.shape), indent, comment)
    end
  end)
end

--- What an operation takes, as YAML that says in comments what each value can be.
---@param service string
---@param operation string
---@return string
function M.yaml_input(service, operation)
  local name = model.operation(service, operation).input
  local shape = name and model.shape(service, name)
  if not shape or #shape.members == 0 then
    return "{}\n"
  end
  local self = { service = service, open = {} }
  write_members(self, shape, 0, "")
  return table.concat(self) .. "\n"
end

return M
