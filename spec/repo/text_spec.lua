-- What no file may hold, and how long it may be.

local tree = require "spec.support.tree"

-- Written by the generator, or prose.
local function is_generated(path)
  return path:find("^csrc/services/") or path:find("^lua/ses/types/")
    or path == "lua/ses/partitions.lua"
end

local function is_text(path)
  return not path:find("%.so$") and not path:find("%.o$") and not path:find("%.gz$")
    and not path:find("%.png$")
end

local function is_source(path)
  return path:find("%.[ch]$") or path:find("%.lua$") or path:find("%.mk$")
    or path:find("%.sh$") or path:find("%.py$") or path == "Makefile"
    or path == "bin/sesctl" or path == ".ci/run"
end

-- Paths and line numbers where judge(line, path) says so.
local function offending(files, judge)
  local found = {}
  for _, path in ipairs(files) do
    local number = 0
    for line in (tree.read(path) .. "\n"):gmatch("([^\n]*)\n") do
      number = number + 1
      if judge(line, path) then
        found[#found + 1] = path .. ":" .. number
      end
    end
  end
  return found
end

local function select(accept)
  local chosen = {}
  for _, path in ipairs(tree.files(".")) do
    if accept(path) then
      chosen[#chosen + 1] = path
    end
  end
  return chosen
end

describe("the tree's text", function()
  local texts = select(is_text)
  local sources = select(is_source)

  it("has files to look at", function()
    assert.truthy(#sources > 20)
  end)

  it("no file that a hand wrote is long", function()
    local long = {}
    for _, path in ipairs(sources) do
      local _, lines = tree.read(path):gsub("\n", "")
      if lines > 420 and not is_generated(path) then
        long[#long + 1] = path .. ": " .. lines
      end
    end
    assert.same({}, long)
  end)

  it("lines of C end at column 80, of Lua at 100", function()
    assert.same({}, offending(sources, function(line, path)
      local limit = path:find("%.[ch]$") and 80 or path:find("%.lua$") and 100
      -- an annotation cannot be broken; bytes that continue a character of
      -- UTF-8 take no column
      return limit and not is_generated(path) and not line:find("^%-%-%-@")
        and #line:gsub("[\128-\191]", "") > limit
    end))
  end)

  it("nothing is left for later", function()
    assert.same({}, offending(texts, function(line)
      return line:find("%f[%w]TO" .. "DO%f[%W]") or line:find("%f[%w]FIX" .. "ME%f[%W]")
        or line:find("%f[%w]XX" .. "X%f[%W]")
    end))
  end)

  it("no white space ends a line", function()
    assert.same({}, offending(texts, function(line)
      return line:find("[ \t\r]$")
    end))
  end)

  it("names no host of a package registry", function()
    local hosts = {}
    -- written so that this file does not name one
    for _, name in ipairs { "deb%.debian", "snapshot%.debian", "pypi", "files%.pythonhosted",
                            "registry%.npmjs", "luarocks", "proxy%.golang" } do
      hosts[#hosts + 1] = name .. "%.org"
    end
    assert.same({}, offending(texts, function(line)
      for _, host in ipairs(hosts) do
        if line:find(host) then
          return true
        end
      end
    end))
  end)

  it("holds no key but AWS's published example", function()
    assert.same({}, offending(texts, function(line)
      for id in line:gmatch("%f[%w]A[KS]I[AD]%w+") do
        if #id == 20 and not id:find("EXAMPLE") then
          return true
        end
      end
      return line:find("BEGIN [%u ]*PRIVATE" .. " KEY")
    end))
  end)
end)
