-- Cases as busted has them, as a list that runs in busted or anywhere else.

local cjson = require "cjson"

local M = {}

--- The cases that a function defines.
---@param define fun(describe: function, it: function, given: table) gets functions that do as
---  busted's do, and what the cases are about
---@param given table may be empty until they run
---@return {name: string, run: fun()}[]
function M.list(define, given)
  local cases, path = {}, {}
  local function describe(name, fn)
    path[#path + 1] = name
    fn()
    path[#path] = nil
  end
  define(describe, function(name, fn)
    path[#path + 1] = name
    cases[#cases + 1] = { name = table.concat(path, " "), run = fn }
    path[#path] = nil
  end, given)
  return cases
end

--- A definition of parts: each is a module that returns one.
---@param folder string "spec.support.contract"
---@param parts string[] the modules' names in it
---@return fun(describe: function, it: function, given: table)
function M.parts(folder, parts)
  return function(describe, it, given)
    for _, part in ipairs(parts) do
      describe(part, function()
        require(folder .. "." .. part)(describe, it, given)
      end)
    end
  end
end

--- What a case raised, in words.
---@param problem any
---@return string
function M.words(problem)
  return tostring(type(problem) == "table" and problem.message or problem)
end

--- What becomes of cases: "" of those that end well, by their names.
---@param cases {name: string, run: fun()}[]
---@param prepare fun() comes before each
---@return string json
function M.outcomes(cases, prepare)
  local found = {}
  for _, case in ipairs(cases) do
    prepare()
    local ok, problem = pcall(case.run)
    found[case.name] = ok and "" or M.words(problem)
  end
  return cjson.encode(found)
end

return M
