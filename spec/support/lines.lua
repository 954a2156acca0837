-- Lines that a job in nginx tells, each a name and what came of it.

--- A list, and a function that adds to it.
---@return string[] lines
---@return fun(name: string, ...: any) say
return function()
  local lines = {}
  return lines, function(name, ...)
    local words = { name .. ":" }
    for i = 1, select("#", ...) do
      words[#words + 1] = tostring((select(i, ...)))
    end
    lines[#lines + 1] = table.concat(words, " ")
  end
end
