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

local function in_csrc(list)
  local paths = {}
  for i, file in ipairs(list) do
    paths[i] = "csrc/" .. file
  end
  return sorted(paths)
end

describe("the rockspec", function()
  local rock = load_rockspec("lua-ses-scm-1.rockspec")
  local modules = rock.build.modules
  local extra = load_rockspec("mk/lua-ses-dns-scm-1.rockspec")

  it("lists the C files that make compiles", function()
    assert.same(in_csrc(tree.make_words("mk/sources.mk", "CORE_C")),
                sorted(modules["ses.core"].sources))
    assert.same(in_csrc(tree.make_words("mk/sources.mk", "CURL_C")),
                sorted(modules["ses.curl"].sources))
    assert.same(in_csrc(tree.make_words("mk/sources.mk", "DNS_C")),
                sorted(extra.build.modules["ses.dns"].sources))
  end)

  it("leaves no C file out", function()
    local listed, missing = {}, {}
    for _, module in ipairs { modules["ses.core"], modules["ses.curl"],
                              extra.build.modules["ses.dns"] } do
      for _, path in ipairs(module.sources) do
        listed[path] = true
      end
    end
    for _, path in ipairs(tree.files("csrc", "%.c$")) do
      if not listed[path] then
        missing[#missing + 1] = path
      end
    end
    assert.same({}, missing)
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
