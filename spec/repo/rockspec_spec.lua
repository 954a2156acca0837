-- The rockspec cannot list files by pattern, so that its lists are compared
-- with the tree and with the Makefile's.

local tree = require "spec.support.tree"

local function load_rockspec(path)
  local env = {}
  if _G.setfenv then
    _G.setfenv(assert(loadfile(path)), env)()
  else
    assert(loadfile(path, "t", env))() -- luacheck: ignore 143
  end
  return env
end

local function sorted(list)
  local copy = {}
  for i, item in ipairs(list) do
    copy[i] = item
  end
  table.sort(copy)
  return copy
end

-- The C files of csrc without those in skipped.
local function c_files(skipped)
  local paths = {}
  for _, path in ipairs(tree.files("csrc", "%.c$")) do
    if not skipped[path] then
      paths[#paths + 1] = path
    end
  end
  return paths
end

describe("the rockspec", function()
  local rock = load_rockspec("lua-ses-scm-1.rockspec")
  local modules = rock.build.modules

  it("lists the C files that make compiles", function()
    local curl, curl_only = {}, {}
    for _, file in ipairs(tree.make_words("mk/sources.mk", "CURL_ONLY_C")) do
      curl_only["csrc/" .. file] = true
      curl[#curl + 1] = "csrc/" .. file
    end
    for _, file in ipairs(tree.make_words("mk/sources.mk", "SHARED_C")) do
      curl[#curl + 1] = "csrc/" .. file
    end
    assert.same(sorted(curl), sorted(modules["ses.curl"].sources))
    assert.same(c_files(curl_only), sorted(modules["ses.core"].sources))
  end)

  it("lists every Lua module", function()
    local expected = {}
    for _, path in ipairs(tree.files("lua", "%.lua$")) do
      local name = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", "")
      expected[name:gsub("/", ".")] = path
    end
    local listed = {}
    for name, source in pairs(modules) do
      if type(source) == "string" then
        listed[name] = source
      end
    end
    assert.same(expected, listed)
  end)

  it("installs the command", function()
    for _, path in pairs(rock.build.install.bin) do
      assert.truthy(tree.read(path))
    end
  end)

  it("says what the licence is", function()
    assert.equal("lua-ses", rock.package)
    assert.equal("MIT", rock.description.license)
    assert.truthy(tree.read("LICENSE"):find("MIT License", 1, true))
  end)
end)
