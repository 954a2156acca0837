--- What nginx withholds of the environment: its workers have the variables that
--- its directive `env` names, and no others.
local M = {}

-- This module is loaded anywhere; nothing but nginx's Lua has that one.
local ngx = package.loaded.ngx

--- A variable of this process. os.getenv itself is one function while nginx starts,
--- and another afterwards.
---@param name string
---@return string|nil
function M.getenv(name)
  return os.getenv(name)
end

--- What to add, in nginx, to a message that variables are not set.
---@param getenv fun(name: string): string|nil who was asked for them
---@param names string[]
---@return string
function M.advice(getenv, names)
  if not ngx or getenv ~= M.getenv then
    return ""
  end
  local directives = {}
  for _, name in ipairs(names) do
    if not getenv(name) then
      directives[#directives + 1] = "env " .. name .. ";"
    end
  end
  if #directives == 0 then
    return ""
  end
  return "; nginx passes on no environment variable without the directive env: its main block"
    .. " needs, of these, what is meant to count: \"" .. table.concat(directives, " ") .. "\""
end

return M
