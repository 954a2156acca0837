-- Arrows point one way: who may include or require what.

local tree = require "spec.support.tree"

-- The files that bind C to Lua start with an l.
local function is_binding(path)
  return path:find("^csrc/l[%w_]+%.[ch]$") or path == "csrc/compat.h"
end

-- Files below a folder that break a rule, each with the reason.
local function offenders(folder, pattern, judge)
  local found = {}
  for _, path in ipairs(tree.files(folder, pattern)) do
    local reason = judge(path, tree.read(path))
    if reason then
      found[#found + 1] = path .. ": " .. reason
    end
  end
  return found
end

local function includes(pattern, allowed)
  return offenders("csrc", "%.[ch]$", function(path, text)
    for _, header in ipairs(tree.included(text)) do
      if header:find(pattern) and header ~= "limits.h" and not allowed(path) then
        return "includes " .. header
      end
    end
  end)
end

local function only(file)
  return function(path)
    return path == file
  end
end

-- Modules that match required, from files that match path.
local function requires(path_pattern, required_pattern, allowed)
  return offenders("lua", path_pattern, function(path, text)
    for _, name in ipairs(tree.required(text)) do
      if name:find(required_pattern) and not (allowed and allowed(path)) then
        return "requires " .. name
      end
    end
  end)
end

describe("arrows in C", function()
  it("lua.h is for the bindings", function()
    assert.same({}, includes("^lua", is_binding))
    assert.same({}, includes("lauxlib", is_binding))
    assert.same({}, includes("compat%.h$", is_binding))
    assert.same({}, includes("^l[%w_]+%.h$", is_binding))
  end)

  it("plain C knows no lua_State", function()
    assert.same({}, offenders("csrc", "%.[ch]$", function(path, text)
      if not is_binding(path) and tree.strip_c(text):find("lua_%w") then
        return "uses Lua's API"
      end
    end))
  end)

  it("each library has one file", function()
    assert.same({}, includes("^openssl/", only("csrc/crypto.c")))
    assert.same({}, includes("^expat", only("csrc/xml.c")))
    assert.same({}, includes("^ares", only("csrc/dns.c")))
    assert.same({}, includes("^curl/", only("csrc/easy.h")))
    assert.same({}, includes("^easy%.h$", function(path)
      return path == "csrc/easy.c" or path == "csrc/pool.h"
    end))
    assert.same({}, includes("^pool%.h$", function(path)
      return path == "csrc/pool.c" or path == "csrc/multi.c"
    end))
  end)

  it("each library has its file", function()
    for file, header in pairs { ["crypto.c"] = "openssl/evp.h", ["xml.c"] = "expat.h",
                                ["easy.h"] = "curl/curl.h", ["dns.c"] = "ares.h" } do
      local found = table.concat(tree.included(tree.read("csrc/" .. file)), " ")
      assert.truthy(found:find(header, 1, true), file .. " includes " .. found)
    end
  end)

  it("no name of Lua's headers is defined", function()
    assert.same({}, offenders("csrc", "%.[ch]$", function(_, text)
      local name = text:match("#%s*define%s+(luaL?_%w+)")
      return name and "defines " .. name
    end))
  end)

  it("what crosses a file stays in its shared object, whatever the flags", function()
    local pragma = "#pragma GCC visibility push(hidden)"
    assert.same({}, offenders("csrc", "%.h$", function(path, text)
      if path ~= "csrc/compat.h" and not text:find(pragma, 1, true) then
        return "declares without " .. pragma
      end
    end))
  end)

  it("no light userdata: LuaJIT cannot hold every address", function()
    assert.same({}, offenders("csrc", "%.[ch]$", function(_, text)
      if tree.strip_c(text):find("lightuserdata") then
        return "uses lightuserdata"
      end
    end))
  end)
end)

describe("arrows in Lua", function()
  it("nginx is known to the resty folder and the emulator's nginx host", function()
    local function is_free(path)
      return path:find("^lua/ses/resty/") or path:find("^lua/ses/emulator/nginx")
    end
    assert.same({}, offenders("lua", "%.lua$", function(path, text)
      if not is_free(path) and tree.strip_lua(text):find("%f[%w_]ngx%.") then
        return "uses ngx"
      end
    end))
    assert.same({}, requires("%.lua$", "^ngx%f[^%w_]", is_free))
    assert.same({}, requires("%.lua$", "^resty%f[^%w_]", is_free))
  end)

  it("nginx is asked for by the resty folder and the choices of what differs there", function()
    local chooses = { ["lua/ses/transport/init.lua"] = true,
                      ["lua/ses/mail_from/resolver.lua"] = true }
    assert.same({}, offenders("lua", "%.lua$", function(path, text)
      if tree.strip_lua(text):find("loaded%.ngx") and not chooses[path]
          and not path:find("^lua/ses/resty/") then
        return "asks for nginx"
      end
    end))
  end)

  it("libcurl is for others than nginx", function()
    assert.same({}, requires("^lua/ses/resty/", "^ses%.transport%.curl$"))
    assert.same({}, requires("^lua/ses/resty/", "^ses%.curl$"))
  end)

  it("the libcurl binding is for its transport", function()
    assert.same({}, requires("%.lua$", "^ses%.curl$", only("lua/ses/transport/curl.lua")))
  end)

  it("c-ares is for the choice of a resolver", function()
    assert.same({}, requires("%.lua$", "^ses%.dns$", only("lua/ses/mail_from/resolver.lua")))
  end)

  it("policy without I/O of its own requires no transport and no client", function()
    for _, policy in ipairs { "credentials/", "retry", "ratelimit", "endpoint", "config",
                              "adaptive", "classify", "gcra", "ini%.", "lookup", "profiles",
                              "proxy", "recipients", "skew" } do
      local files = "^lua/ses/" .. policy
      for _, ring in ipairs { "transport", "curl", "client", "cli", "emulator" } do
        assert.same({}, requires(files, "^ses%." .. ring .. "%f[^%w_]"))
      end
      -- Some credentials are had by a call, and a call is given its credentials.
      assert.same({}, requires(files, "^ses%.call$", only("lua/ses/credentials/service.lua")))
    end
    assert.same({}, requires("^lua/ses/call%.lua$", "^ses%.credentials%f[^%w_]"))
  end)

  it("nothing requires the command line", function()
    assert.same({}, requires("%.lua$", "^ses%.cli%f[^%w_]", function(path)
      return path:find("^lua/ses/cli/")
    end))
  end)

  it("what is required exists", function()
    local known = { ["ses.core"] = true, ["ses.curl"] = true, ["ses.dns"] = true }
    for _, path in ipairs(tree.files("lua", "%.lua$")) do
      local name = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", "")
      known[name:gsub("/", ".")] = true
    end
    assert.same({}, offenders("lua", "%.lua$", function(_, text)
      for _, name in ipairs(tree.required(text)) do
        if name:find("^ses%f[^%w_]") and not known[name] then
          return "requires " .. name
        end
      end
    end))
  end)
end)
