-- What the shared objects show to the process that loads them.

local tree = require "spec.support.tree"

-- Libraries that a sanitizer build brings along.
local function is_sanitizer(name)
  return name:find("^lib[at]san%.") or name:find("^libubsan%.")
end

local function needed(path)
  local names = {}
  for _, line in ipairs(tree.lines("readelf -d '" .. path .. "'")) do
    local name = line:match("NEEDED.-%[(.-)%]")
    if name and not is_sanitizer(name) then
      names[#names + 1] = name:match("^(lib%w+)")
    end
  end
  table.sort(names)
  return names
end

local function exported(path)
  local names = {}
  for _, line in ipairs(tree.lines("nm -D --defined-only '" .. path .. "'")) do
    names[#names + 1] = line:match("(%S+)$")
  end
  return names
end

-- What LuaJIT has of later versions, and plain 5.1 lacks.
local LATER = {
  "lua_copy", "lua_isyieldable", "lua_loadx", "lua_resetthread", "lua_tointegerx",
  "lua_tonumberx", "lua_upvalueid", "lua_upvaluejoin", "lua_version", "luaL_execresult",
  "luaL_fileresult", "luaL_loadbufferx", "luaL_loadfilex", "luaL_pushmodule", "luaL_setfuncs",
  "luaL_setmetatable", "luaL_testudata", "luaL_traceback",
}

describe("shared objects", function()
  for module, libraries in pairs {
    ["ses.core"] = { "libc", "libcrypto", "libexpat", "libm" },
    ["ses.curl"] = { "libc", "libcurl" },
    -- Built where c-ares is, as it is for the specs.
    ["ses.dns"] = { "libc", "libcares" },
  } do
    it(module .. " exports one symbol", function()
      assert.same({ "luaopen_" .. module:gsub("%.", "_") },
                  exported(tree.shared_object(module)))
    end)

    it(module .. " links what it may and nothing else", function()
      assert.same(libraries, needed(tree.shared_object(module)))
    end)

    if _VERSION == "Lua 5.1" then
      it(module .. " loads in plain 5.1 and in LuaJIT", function()
        local undefined = {}
        local command = "nm -D --undefined-only '" .. tree.shared_object(module) .. "'"
        for _, line in ipairs(tree.lines(command)) do
          undefined[line:match("(%S+)$")] = true
        end
        assert.truthy(undefined.lua_gettop)
        for _, name in ipairs(LATER) do
          assert.falsy(undefined[name], name)
        end
      end)
    end

    it(module .. " is bound when it is loaded", function()
      local dynamic = tree.lines("readelf -d '" .. tree.shared_object(module) .. "'")
      assert.truthy(table.concat(dynamic):find("BIND_NOW"))
    end)
  end
end)
