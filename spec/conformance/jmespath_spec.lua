-- The compliance cases of JMESPath.

local document = require "ses.cli.document"
local jmespath = require "ses.cli.jmespath"
local json = require "ses.cli.json"
local vectors = require "spec.support.vectors"

if not vectors.root then
  describe("the compliance cases of JMESPath", function()
    it("hold", function()
      pending("SES_VECTORS is not set: the compliance cases of JMESPath are not run")
    end)
  end)
  return
end

-- A value as text, its members sorted, a number however it was written.
local function canonical(value)
  local kind, parts = document.type(value), {}
  if kind == "object" then
    for i, name in ipairs(document.names(value)) do
      parts[i] = json.encode(name) .. ":" .. canonical(document.get(value, name))
    end
    table.sort(parts)
    return "{" .. table.concat(parts, ",") .. "}"
  elseif kind == "array" then
    for i, item in ipairs(value) do
      parts[i] = canonical(item)
    end
    return "[" .. table.concat(parts, ",") .. "]"
  elseif kind == "number" then
    return ("%.17g"):format(document.number(value))
  end
  return json.encode(value)
end

-- What a message says where an error is of that kind.
local MESSAGES = {
  ["invalid-type"] = "^In function [%w_]+%(%), invalid type for value: ",
  ["invalid-arity"] = "^Expected .*%d arguments? for function [%w_]+%(%), received %d$",
  ["unknown-function"] = "^Unknown function: [%w_]+%(%)$",
  ["invalid-value"] = "^slice step cannot be zero$",
}

local function check_error(expression, given, kind)
  local compiled, message = jmespath.compile(expression)
  if kind ~= "syntax" then
    assert.is_table(compiled)
    compiled, message = jmespath.search(compiled, given)
  end
  assert.is_nil(compiled)
  assert.truthy(message:find(MESSAGES[kind] or "\n *%^$"), message)
end

local counts = { result = 0, error = 0, bench = 0 }

local function check_case(case, given)
  local expression = document.get(case, "expression")
  local kind = document.get(case, "error")
  if kind then
    check_error(expression, given, kind)
  elseif document.get(case, "bench") then
    assert.is_table(jmespath.compile(expression))
  else
    local result, message = jmespath.search(assert(jmespath.compile(expression)), given)
    assert.is_nil(message)
    assert.equal(canonical(document.get(case, "result")), canonical(result))
  end
end

local function kind_of(case)
  return document.get(case, "error") and "error" or document.get(case, "bench") and "bench"
    or "result"
end

describe("JMESPath", function()
  for _, name in ipairs(vectors.list("jmespath")) do
    if name:find("%.json$") then
      for _, group in ipairs(assert(json.decode(vectors.read("jmespath/" .. name)))) do
        for i, case in ipairs(document.get(group, "cases")) do
          local kind = kind_of(case)
          counts[kind] = counts[kind] + 1
          it(("%s, case %d: %s"):format(name, i, document.get(case, "expression")), function()
            check_case(case, document.get(group, "given"))
          end)
        end
      end
    end
  end

  it("has 892 cases, and 16 expressions that have to parse", function()
    assert.same({ result = 742, error = 150, bench = 16 }, counts)
  end)
end)
