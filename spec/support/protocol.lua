-- AWS's protocol tests: their models compiled into a ses.core of their own.

local generator = require "spec.support.generator"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"
local vectors = require "spec.support.vectors"

local json = generator.json
local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

local M = {}

M.suites = { "input/query", "input/rest-json", "output/query", "output/rest-json" }

-- The folder of the build that these specs run on: "build/5.4".
local function build_folder()
  return (assert(tree.shared_object("ses.core"):match("(build/[^/]+)/ses/core%.so$")))
end

-- An operation as its suite gives it.  The query suites leave out the element
-- around a result that every service has.
local function completed(operation, suite, query)
  local output = operation.output
  if not query or not output or output.resultWrapper then return operation end
  local members = suite.shapes[output.shape].members
  if #json.names(members) == 0 then return operation end
  local copy = {}
  for name, value in json.each(operation) do
    copy[#copy + 1], copy[#copy + 2] = name, value
  end
  copy[#copy + 1], copy[#copy + 2] = "output",
    json.object("shape", output.shape, "resultWrapper", operation.name .. "Result")
  return json.object(unpack(copy))
end

-- The model of a suite with those of its operations that the generator takes,
-- and why it refuses the others.
local function emit(suite, service, query)
  local operations, accepted, refused, seen = {}, {}, {}, {}
  for _, case in ipairs(suite.cases) do
    local name = case.given.name
    if not seen[name] then
      seen[name] = true
      operations[#operations + 1] = name
      operations[#operations + 1] = completed(case.given, suite, query)
    end
  end
  local model = json.object("metadata", suite.metadata, "shapes", suite.shapes,
    "operations", json.object(unpack(operations)))
  local function text(names)
    return generator.service.emit(model,
      { name = service, source = "the protocol tests", operations = names })
  end
  for i = 1, #operations, 2 do
    local found, problems = text { operations[i] }
    if found then
      accepted[#accepted + 1] = operations[i]
    else
      refused[operations[i]] = "the generator refuses: " .. table.concat(problems, "; ")
    end
  end
  return #accepted > 0 and assert(text(accepted)) or nil, refused
end

-- Writes a file where it is not what it should be.
local function update(path, text)
  local file = io.open(path, "rb")
  if file then
    local old = file:read("*a")
    file:close()
    if old == text then return end
  end
  file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

local function registry(names)
  local out = { '#include "model.h"\n' }
  for _, name in ipairs(names) do
    out[#out + 1] = ("extern const struct ses_service ses_service_%s;\n"):format(name)
  end
  out[#out + 1] = "const struct ses_service *const ses_services[] = {\n"
  for _, name in ipairs(names) do out[#out + 1] = ("    &ses_service_%s,\n"):format(name) end
  out[#out + 1] = "    NULL,\n};\n"
  return table.concat(out)
end

-- Compiles the folder's sources; returns the module.
local function compile(build)
  local lua, variant = build:match("^build/([^-]+)%-?(.*)$")
  local output, status = shell.run(
    ("env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s --no-print-directory -j2 -f Makefile"
      .. " -f spec/support/protocol.mk LUA=%s VARIANT=%s protocol"):format(lua, variant))
  if status ~= 0 then error("the protocol tests' models do not compile:\n" .. output) end
  return assert(package.loadlib(build .. "/spec/protocol/core.so", "luaopen_ses_core"))()
end

---@class spec.ProtocolCase
---@field id string
---@field suite string "input/query"
---@field given table the case as the suite has it
---@field service string
---@field operation string
---@field base string? the URL that the client is given
---@field refused string? why the generator refuses the operation

--- The protocol tests and a core that has their models.
---@return spec.ProtocolCase[] cases
---@return table core
function M.load()
  local build = build_folder()
  local folder = build .. "/spec/protocol/src"
  local cases, services = {}, {}
  assert(select(2, shell.run("mkdir -p " .. folder)) == 0)
  for _, name in ipairs(M.suites) do
    for i, suite in ipairs(vectors.json("protocol/" .. name .. ".json")) do
      local service = name:gsub("%W", "_") .. "_" .. i
      local text, refused = emit(suite, service, name:find("query", 1, true))
      if text then
        services[#services + 1] = service
        update(folder .. "/" .. service .. ".c", text)
      end
      for _, case in ipairs(suite.cases) do
        cases[#cases + 1] = { id = case.id, suite = name, given = case, service = service,
                              operation = case.given.name, base = suite.clientEndpoint,
                              refused = refused[case.given.name] }
      end
    end
  end
  update(folder .. "/services.c", registry(services))
  return cases, compile(build)
end

--- Whether two JSON values are equal; numbers by value, an empty array equals
--- an empty object (a Lua table tells them apart no more than a model does).
---@return boolean
---@return string? where they differ
function M.equal(a, b, path)
  path = path or "value"
  if type(a) ~= "table" or type(b) ~= "table" then
    -- NaN equals itself here.
    return a == b or (a ~= a and b ~= b), ("%s: %s against %s"):format(path, tostring(a),
      tostring(b))
  end
  for key, value in pairs(a) do
    local same, where = M.equal(value, b[key], path .. "." .. tostring(key))
    if not same then return false, where end
  end
  for key in pairs(b) do
    if a[key] == nil then return false, path .. "." .. tostring(key) .. " is missing" end
  end
  return true
end

return M
