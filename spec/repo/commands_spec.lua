-- What the documentation tells people to type exists.

local tree = require "spec.support.tree"

local function targets()
  local known = {}
  for _, path in ipairs(tree.files(".", "%.mk$")) do
    for names in ("\n" .. tree.read(path)):gmatch("\n([%l%d -]+):[^=]") do
      for name in names:gmatch("%S+") do
        known[name] = true
      end
    end
  end
  for name in ("\n" .. tree.read("Makefile")):gmatch("\n([%l-]+):[^=]") do
    known[name] = true
  end
  return known
end

-- Commands of the code blocks and code spans of a page.
local function code(page)
  local pieces = {}
  local rest = page:gsub("```%w*\n(.-)```", function(block)
    pieces[#pieces + 1] = block
    return ""
  end)
  for span in rest:gmatch("`([^`\n]+)`") do
    pieces[#pieces + 1] = span
  end
  return table.concat(pieces, "\n")
end

describe("the documentation", function()
  it("names targets that exist", function()
    local known = targets()
    local unknown = {}
    local named = 0
    for line in code(tree.read("README.md")):gmatch("[^\n]+") do
      for words in line:gmatch("%f[%w]make%s+([^&|;)#]+)") do
        for word in words:gmatch("%S+") do
          if word:find("^%l[%l-]*$") and not line:find("install %-y " .. "make") then
            named = named + 1
            if not known[word] then
              unknown[#unknown + 1] = word
            end
          end
        end
      end
    end
    assert.same({}, unknown)
    assert.truthy(named > 0)
  end)

  it("names files that exist", function()
    local missing = {}
    for path in tree.read("README.md"):gmatch("%]%(([%w_./-]+)%)") do
      if not io.open(path) then
        missing[#missing + 1] = path
      end
    end
    assert.same({}, missing)
  end)

  it("every target that help lists is there", function()
    local known = targets()
    for _, line in ipairs(tree.lines("make -s help")) do
      local name = line:match("^  make (%S+)")
      assert.truthy(not name or known[name], name)
    end
  end)
end)

describe("examples", function()
  it("are each run by a spec", function()
    local specs = {}
    for _, path in ipairs(tree.files("spec", "_spec%.lua$")) do
      specs[#specs + 1] = tree.read(path)
    end
    local text = table.concat(specs)
    local idle = {}
    for _, path in ipairs(tree.files("examples", "%.lua$")) do
      local name = path:match("([%w_]+)%.lua$")
      if not text:find(name, 1, true) then
        idle[#idle + 1] = path
      end
    end
    assert.same({}, idle)
  end)
end)
