local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"
local version = require "ses.version"

local function sesctl(arguments)
  return shell.run("sesctl " .. arguments)
end

describe("sesctl", function()
  it("says its version", function()
    assert.same({ "sesctl " .. version .. "\n", 0 }, { sesctl("--version") })
  end)

  it("says how it is used", function()
    local text, status = sesctl("--help")
    assert.truthy(text:find("^usage: sesctl %[options%] <command>"))
    assert.equal(0, status)
    assert.same({ text, 0 }, { sesctl("help") })
    assert.same({ text, 0 }, { sesctl("-h") })
    assert.same({ text, 252 }, { sesctl("") })
    assert.same({ "", 252 }, { sesctl("2>/dev/null") })
  end)

  it("says how its commands are used", function()
    local text, status = sesctl("help emulator")
    assert.truthy(text:find("^usage: sesctl emulator"))
    assert.equal(0, status)
    for _, arguments in ipairs { "emulator --help", "emulator -h", "emulator reset --help" } do
      assert.same({ text, 0 }, { sesctl(arguments) })
    end
    assert.equal(252, select(2, sesctl("help emlator")))
  end)

  it("says what it could not print", function()
    for arguments, program in pairs { ["--version"] = "sesctl", ["--help"] = "sesctl",
                                      ["emulator --help"] = "sesctl emulator" } do
      assert.same({ program .. ": standard output: No space left on device\n", 255 },
                  { sesctl(arguments .. " >/dev/full") })
    end
  end)

  it("knows no other option", function()
    local text, status = sesctl("--versoin")
    assert.truthy(text:find("\nsesctl: [ERROR]: Unknown options: --versoin\n", 1, true), text)
    assert.equal(252, status)
  end)

  it("knows no other command", function()
    local text, status = sesctl("emlator")
    assert.truthy(text:find("argument command: Found invalid choice 'emlator'\n\nMaybe you meant:"
      .. "\n\n  * emulator\n", 1, true), text)
    assert.equal(252, status)
  end)

  it("takes options before and between its commands, and their prefixes", function()
    for _, arguments in ipairs { "--region x --no-cli-pager ses get-send-quota",
                                 "ses --reg=x get-send-quota", "ses get-send-quota --regi x" } do
      assert.same({ "{}\n", 0 }, { sesctl(arguments .. " --generate-cli-skeleton") }, arguments)
    end
    local text, status = sesctl("--no ses get-send-quota")
    assert.truthy(text:find("ambiguous option: --no could match --no-verify-ssl, --no-paginate, "
      .. "--no-sign-request, --no-cli-pager, --no-cli-auto-prompt\n", 1, true), text)
    assert.equal(252, status)
    text, status = sesctl("--debug emulator --port 0")
    assert.truthy(text:find("the options of emulator stand behind its name", 1, true), text)
    assert.equal(252, status)
  end)

  it("says its version, and helps, wherever it is asked", function()
    assert.same({ "sesctl " .. version .. "\n", 0 }, { sesctl("ses bogus --version") })
    for asked, answer in pairs {
      ["--help ses"] = "ses help", ["help sesv2"] = "sesv2 help", ["ses --help"] = "ses help",
      ["ses get-send-quota --help"] = "ses get-send-quota help",
      ["ses wait --help"] = "ses wait help",
      ["ses wait dkim-verified --help"] = "ses wait dkim-verified help",
      ["sesv2 --help send-email --bogus"] = "sesv2 send-email help",
    } do
      local text, status = sesctl(asked)
      assert.truthy(text:find("^usage: sesctl ses"), text)
      assert.same({ text, 0 }, { sesctl(answer) })
      assert.equal(0, status)
    end
  end)

  it("does not prompt", function()
    local text, status = sesctl("ses get-send-quota --cli-auto-prompt")
    assert.truthy(text:find("sesctl does not prompt for parameters", 1, true), text)
    assert.equal(252, status)
  end)

  it("finds the LuaRocks tree that it lies in", function()
    local lua_version = _VERSION:match("%d+%.%d+")
    local rock = "/lib/luarocks/rocks-" .. lua_version .. "/lua-ses/scm-1/bin"
    local tree = shell.run("mktemp -d"):match("^[^\n]+")
    local text, status = shell.run("tree=" .. tree .. "; mkdir -p $tree" .. rock
      .. " $tree/share/lua/" .. lua_version .. "; cp bin/sesctl $tree" .. rock
      .. "; cp -r lua/ses $tree/share/lua/" .. lua_version
      .. "; echo 'return [[of the tree]]' >$tree/share/lua/" .. lua_version .. "/ses/version.lua"
      .. "; cd /; unset LUA_PATH LUA_CPATH; " .. shell.quote(interpreter) .. " $tree" .. rock
      .. "/sesctl --version")
    shell.run("rm -rf " .. tree)
    assert.same({ "sesctl of the tree\n", 0 }, { text, status })
  end)
end)
