-- make install and make -s env, for the Lua that runs this.

local tree = require "spec.support.tree"

local ABI = rawget(_G, "jit") and "jit" or _VERSION:match("5%.%d")

-- A make of its own, not a part of the one that runs the specs, in a shell
-- that knows nothing of this checkout's Lua paths.
local CLEAN = "unset MAKEFLAGS MFLAGS MAKELEVEL VARIANT LUA_BIN LUA_PATH LUA_CPATH; "

-- The last line that a shell script prints.
local function last(script)
  local lines = tree.lines(CLEAN .. "{ " .. script .. "; } 2>&1")
  return lines[#lines]
end

describe("make install", function()
  local prefix

  setup(function()
    prefix = last("mktemp -d")
    last("make -s install LUA=" .. ABI .. " PREFIX=" .. prefix)
  end)

  teardown(function()
    last("rm -rf " .. prefix)
  end)

  it("gives a sesctl that runs anywhere", function()
    assert.equal("sesctl " .. require "ses.version",
                 last("cd / && " .. prefix .. "/bin/sesctl --version"))
  end)

  it("puts modules where this Lua looks for them", function()
    local version = _VERSION:match("5%.%d")
    local installed = {}
    for _, path in ipairs(tree.lines("cd " .. prefix .. " && find . -name '*.so'")) do
      installed[path] = true
    end
    assert.truthy(installed["./lib/lua/" .. version .. "/ses/core.so"])
    assert.truthy(installed["./lib/lua/" .. version .. "/ses/curl.so"])
    local modules = tree.lines("cd " .. prefix .. "/share/lua/" .. version .. " && find . -type f")
    assert.equal(#tree.files("lua", "%.lua$"), #modules)
  end)

  it("honours DESTDIR", function()
    last("make -s install LUA=" .. ABI .. " DESTDIR=" .. prefix .. "/staged PREFIX=/opt/ses")
    assert.equal("yes", last("test -x " .. prefix .. "/staged/opt/ses/bin/sesctl && echo yes"))
    assert.truthy(tree.read(prefix .. "/staged/opt/ses/bin/sesctl"):find('"/opt/ses/lib', 1, true))
  end)

  it("is undone by make uninstall", function()
    last("make -s install LUA=" .. ABI .. " PREFIX=" .. prefix .. "/undone")
    last("make -s uninstall LUA=" .. ABI .. " PREFIX=" .. prefix .. "/undone")
    assert.same({}, tree.lines("find " .. prefix .. "/undone -type f"))
  end)
end)

describe("make -s env", function()
  it("sets a shell up for the built tree", function()
    local program = "print(require([[ses]])._VERSION, require([[ses.core]]) ~= nil)"
    local interpreter = require "spec.support.interpreter"
    assert.equal(require "ses.version" .. "\ttrue", last(
      'eval "$(make -s env LUA=' .. ABI .. ')" && ' .. interpreter .. " -e '" .. program .. "'"))
  end)

  it("puts sesctl in the path", function()
    assert.equal("sesctl " .. require "ses.version", last(
      'eval "$(make -s env LUA=' .. ABI .. ')" && cd / && sesctl --version'))
  end)
end)
