-- The interpreter that runs this spec, for specs that start another.

local first = 0
while arg[first - 1] do
  first = first - 1
end

---@type string
return arg[first]
