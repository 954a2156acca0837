-- Every Lua file loads on this Lua, and loading it does nothing else.

local interpreter = require "spec.support.interpreter"
local tree = require "spec.support.tree"

-- Annotations for editors: never required.
local function is_module(path)
  return not path:find("^lua/ses/types/") and not path:find("^lua/ses/resty/")
    and not path:find("^lua/ses/emulator/nginx")
end

describe("Lua files", function()
  for _, folder in ipairs { "lua", "examples", "spec", "bench", "csrc" } do
    it("below " .. folder .. " compile", function()
      local broken = {}
      for _, path in ipairs(tree.files(folder, "%.lua$")) do
        local chunk, message = loadfile(path)
        if not chunk then
          broken[#broken + 1] = message
        end
      end
      assert.same({}, broken)
    end)
  end

  it("of the library do no I/O and set no global when required", function()
    local names = {}
    for _, path in ipairs(tree.files("lua", "%.lua$")) do
      if is_module(path) then
        local name = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", "")
        names[#names + 1] = name:gsub("/", ".")
      end
    end
    local program = [[
      local function refuse(what)
        return function() error(what .. " called", 0) end
      end
      for _, module in ipairs { "ses.core", "ses.curl", "cjson" } do require(module) end
      local before = {}
      for name in pairs(_G) do before[name] = true end
      for name in pairs(io) do
        if type(io[name]) == "function" then io[name] = refuse("io." .. name) end
      end
      for name in pairs(os) do os[name] = refuse("os." .. name) end
      local faults = {}
      for name in string.gmatch(arg[1], "%S+") do
        local ok, message = pcall(require, name)
        if not ok then faults[#faults + 1] = name .. ": " .. tostring(message) end
      end
      for name in pairs(_G) do
        if not before[name] then faults[#faults + 1] = "global " .. name end
      end
      print(table.concat(faults, "\n"))
    ]]
    local script = os.tmpname()
    local file = assert(io.open(script, "w"))
    file:write(program)
    file:close()
    local said = tree.lines(("'%s' '%s' '%s' 2>&1"):format(
      interpreter, script, table.concat(names, " ")))
    os.remove(script)
    assert.same({ "" }, said)
  end)
end)
