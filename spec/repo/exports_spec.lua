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

describe("shared objects", function()
  for module, libraries in pairs {
    ["ses.core"] = { "libc", "libcrypto", "libexpat" },
    ["ses.curl"] = { "libc", "libcurl" },
  } do
    it(module .. " exports one symbol", function()
      assert.same({ "luaopen_" .. module:gsub("%.", "_") },
                  exported(tree.shared_object(module)))
    end)

    it(module .. " links what it may and nothing else", function()
      assert.same(libraries, needed(tree.shared_object(module)))
    end)

    it(module .. " is bound when it is loaded", function()
      local dynamic = tree.lines("readelf -d '" .. tree.shared_object(module) .. "'")
      assert.truthy(table.concat(dynamic):find("BIND_NOW"))
    end)
  end
end)
