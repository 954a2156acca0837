-- make install and make -s env, for the Lua that runs this.

local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"
local typed = require "spec.support.typed"
local version = require "ses.version"

local ABI = rawget(_G, "jit") and "jit" or _VERSION:match("5%.%d")

-- A make of its own, not a part of the one that runs the specs, in a shell
-- that knows nothing of this checkout's Lua paths.
local CLEAN = "unset MAKEFLAGS MFLAGS MAKELEVEL VARIANT LUA_BIN LUA_PATH LUA_CPATH; "

-- The last line that a shell script prints.
local function last(script)
  local lines = tree.lines(CLEAN .. "{ " .. script .. "; } 2>&1")
  return lines[#lines]
end

-- Where the shells look for the scripts that complete words.
local SCRIPTS = {
  bash = "/share/bash-completion/completions/sesctl",
  zsh = "/share/zsh/site-functions/_sesctl",
  fish = "/share/fish/vendor_completions.d/sesctl.fish",
}

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
    assert.equal("sesctl " .. version,
                 last("cd / && " .. prefix .. "/bin/sesctl --version"))
  end)

  it("puts modules where this Lua looks for them", function()
    local lua_version = _VERSION:match("5%.%d")
    local installed = {}
    for _, path in ipairs(tree.lines("cd " .. prefix .. " && find . -name '*.so'")) do
      installed[path] = true
    end
    assert.truthy(installed["./lib/lua/" .. lua_version .. "/ses/core.so"])
    assert.truthy(installed["./lib/lua/" .. lua_version .. "/ses/curl.so"])
    local modules = tree.lines("cd " .. prefix .. "/share/lua/" .. lua_version
      .. " && find . -type f")
    assert.equal(#tree.files("lua", "%.lua$"), #modules)
  end)

  it("puts scripts where shells look for them", function()
    for name, path in pairs(SCRIPTS) do
      assert.equal(shell.run("sesctl completion " .. name), tree.read(prefix .. path))
    end
    -- By the name that was typed.
    assert.equal("sesctl", last("readlink " .. prefix .. SCRIPTS.bash .. "-" .. ABI))
    assert.equal("sesctl.fish", last("readlink " .. prefix
      .. "/share/fish/vendor_completions.d/sesctl-" .. ABI .. ".fish"))
  end)

  it("makes fish complete words", function()
    if not shell.has("fish") then
      return pending("fish is not installed")
    end
    for _, name in ipairs { "sesctl", "sesctl-" .. ABI } do
      assert.equal("get-send-quota\tcalls GetSendQuota", last("HOME=" .. prefix
        .. "/home XDG_DATA_DIRS=" .. prefix .. "/share PATH=" .. prefix .. "/bin:$PATH"
        .. " fish -c 'complete -C \"" .. name .. " ses get-send-q\"'"))
    end
  end)

  it("makes zsh complete words", function()
    if not shell.has("zsh") then
      return pending("zsh is not installed")
    end
    local folder = prefix .. "/share/zsh/site-functions"
    local _, status = typed(finally, "zsh -f -i", "PATH=" .. prefix .. "/bin:$PATH; fpath=("
      .. folder .. " $fpath); autoload -Uz compinit; compinit -u -D",
      "sesctl-" .. ABI .. " ses get-send-q\t", "*get-send-quota *")
    assert.equal(0, status)
  end)

  it("honours DESTDIR", function()
    last("make -s install LUA=" .. ABI .. " DESTDIR=" .. prefix .. "/staged PREFIX=/opt/ses")
    assert.equal("yes", last("test -x " .. prefix .. "/staged/opt/ses/bin/sesctl && echo yes"))
    assert.truthy(tree.read(prefix .. "/staged/opt/ses/bin/sesctl"):find('"/opt/ses/lib', 1, true))
    for _, path in pairs(SCRIPTS) do
      assert.truthy(#tree.read(prefix .. "/staged/opt/ses" .. path) > 100)
    end
  end)

  it("is undone by make uninstall", function()
    last("make -s install LUA=" .. ABI .. " PREFIX=" .. prefix .. "/undone")
    last("make -s uninstall LUA=" .. ABI .. " PREFIX=" .. prefix .. "/undone")
    assert.same({}, tree.lines("find " .. prefix .. "/undone -not -type d"))
  end)

  it("takes a folder with blanks, and says how Lua finds it", function()
    local folder = prefix .. "/a b"
    local said = tree.lines(CLEAN .. "make -s install LUA=" .. ABI .. " PREFIX='" .. folder .. "'")
    assert.equal("sesctl " .. version, last("'" .. folder .. "/bin/sesctl' --version"))
    assert.same({}, tree.lines("find " .. prefix .. "/a b 2>/dev/null"))
    local exports = said[#said - 1] .. "; " .. said[#said]
    assert.equal(version, last(exports .. "; " .. interpreter
      .. " -e 'print(require([[ses]])._VERSION)'"))
  end)

  it("takes a folder below the one that it runs in", function()
    local below = "build/install-spec-" .. ABI
    last("make -s install LUA=" .. ABI .. " PREFIX=" .. below)
    local answer = last("checkout=$PWD; cd / && $checkout/" .. below .. "/bin/sesctl --version")
    last("rm -rf " .. below)
    assert.equal("sesctl " .. version, answer)
  end)

  it("gives a sesctl that does its work where nothing but it is", function()
    for _, folder in ipairs { prefix, prefix .. "/more blanks" } do
      last("make -s install LUA=" .. ABI .. " PREFIX='" .. folder .. "'")
      assert.equal("use-sesctl: sesctl " .. version .. " did it all",
        last("unset SES_LUAJIT_CPATH; checkout=$PWD; cd /; PATH='" .. folder
          .. "/bin':$PATH sh $checkout/mk/use-sesctl.sh"))
    end
  end)

  it("refuses a folder that cannot be in a path of Lua's", function()
    local said = tree.lines(CLEAN .. "make -s install LUA=" .. ABI .. " PREFIX='" .. prefix
      .. "/a;b' 2>&1")
    assert.equal("make: PREFIX=" .. prefix .. "/a;b: ';' and '?' have a meaning of their own in"
      .. " Lua's paths", said[1])
    assert.same({}, tree.lines("find '" .. prefix .. "/a;b' 2>/dev/null"))
  end)

  it("gives a sesctl whose emulator runs", function()
    assert.equal("it did", last("unset SES_LUAJIT_CPATH; PATH=" .. prefix
      .. "/bin:$PATH sh mk/with-emulator.sh echo it did"))
  end)
end)

describe("make install for several Luas", function()
  local prefix

  -- LuaJIT is there wherever the emulator runs.
  local other = ABI == "jit" and "5.4" or "jit"

  before_each(function()
    prefix = last("mktemp -d")
    for _, abi in ipairs { ABI, other } do
      last("make -s install LUA=" .. abi .. " PREFIX=" .. prefix)
    end
  end)

  after_each(function()
    last("rm -rf " .. prefix)
  end)

  it("gives each a sesctl", function()
    for _, name in ipairs { "sesctl", "sesctl-" .. ABI, "sesctl-" .. other } do
      assert.equal("sesctl " .. version, last(prefix .. "/bin/" .. name .. " --version"))
    end
    assert.equal("sesctl-" .. other, last("readlink " .. prefix .. "/bin/sesctl"))
  end)

  for _, leaves in ipairs { ABI, other } do
    it("leaves the one whole where " .. leaves .. " is uninstalled", function()
      last("make -s uninstall LUA=" .. leaves .. " PREFIX=" .. prefix)
      assert.equal("sesctl " .. version, last(prefix .. "/bin/sesctl --version"))
      assert.equal("no", last("test -e " .. prefix .. "/bin/sesctl-" .. leaves
        .. " && echo yes || echo no"))
      assert.equal("it did", last("unset SES_LUAJIT_CPATH; PATH=" .. prefix
        .. "/bin:$PATH sh mk/with-emulator.sh echo it did"))
      for _, path in pairs(SCRIPTS) do
        assert.truthy(tree.read(prefix .. path):find("sesctl", 1, true))
      end
      assert.equal("no", last("test -L " .. prefix .. SCRIPTS.bash .. "-" .. leaves
        .. " && echo yes || echo no"))
    end)
  end

  it("leaves no file where all are uninstalled", function()
    for _, abi in ipairs { ABI, other } do
      last("make -s uninstall LUA=" .. abi .. " PREFIX=" .. prefix)
    end
    assert.same({}, tree.lines("find " .. prefix .. " -not -type d"))
  end)
end)

describe("make -s env", function()
  it("sets a shell up for the built tree", function()
    local program = "print(require([[ses]])._VERSION, require([[ses.core]]) ~= nil)"
    assert.equal(version .. "\ttrue", last(
      'eval "$(make -s env LUA=' .. ABI .. ')" && ' .. interpreter .. " -e '" .. program .. "'"))
  end)

  it("puts sesctl in the path", function()
    assert.equal("sesctl " .. version, last(
      'eval "$(make -s env LUA=' .. ABI .. ')" && cd / && sesctl --version'))
  end)
end)
