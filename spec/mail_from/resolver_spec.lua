-- What answers are made of, whoever gives them.

local resolvers = require "ses.mail_from.resolver"

local function of(resolver)
  return assert(resolvers.of { resolver = resolver })
end

describe("a resolver of the user's", function()
  it("is a function", function()
    local asked
    local ask = of(function(name, kind)
      asked = name .. " " .. kind
      return { { type = "MX", preference = 10, exchange = "Feedback.Example.COM." } }
    end)
    assert.same({ { type = "MX", preference = 10, exchange = "feedback.example.com" } },
      ask("bounce.example.com", "MX"))
    assert.equal("bounce.example.com MX", asked)
  end)

  it("or an object with a method", function()
    local ask = of { query = function(self, name)
      return { { type = "TXT", text = self.text .. name } }
    end, text = "v=" }
    assert.equal("v=a.test", ask("a.test", "TXT")[1].text)
  end)

  it("may have the strings of a TXT record alone", function()
    local ask = of(function() return { { type = "TXT", strings = { "v=spf1", " ~all" } } } end)
    assert.equal("v=spf1 ~all", ask("a.test", "TXT")[1].text)
  end)

  it("may return other types than were asked for", function()
    local ask = of(function() return { { type = "CNAME", target = "b.test." } } end)
    local answers, err = ask("a.test", "MX")
    assert.is_nil(answers)
    assert.equal("NODATA", err.code)
    assert.equal("b.test", err.answers[1].target)
  end)

  it("may fail, in words or with a code", function()
    local _, err = of(function() return nil, { code = "NXDOMAIN", message = "gone" } end)("a", "A")
    assert.same({ code = "NXDOMAIN", message = "gone", answers = {} }, err)
    _, err = of(function() return nil, "no network" end)("a", "A")
    assert.same({ code = "NETWORK", message = "no network", answers = {} }, err)
    _, err = of(function() return nil end)("a", "A")
    assert.equal("NETWORK", err.code)
  end)

  it("may raise", function()
    local _, err = of(function() error("broken", 0) end)("a.test", "A")
    assert.equal("CallbackError", err.code)
    assert.equal("the resolver raised an error: broken", err.message)
  end)

  it("may return numbers and texts that are none of DNS", function()
    for _, preference in ipairs { 1e300, -1, 65536, 0 / 0, "x" } do
      local ask = of(function()
        return { { type = "MX", preference = preference, exchange = "a.test" } }
      end)
      assert.equal(0, ask("a.test", "MX")[1].preference)
    end
    local ask = of(function() return { { type = "TXT", strings = { "a", {}, "b" } } } end)
    assert.equal("ab", ask("a.test", "TXT")[1].text)
  end)

  it("may return nonsense", function()
    for _, nonsense in ipairs { true, "text", { 1, { type = "MX" }, { type = "SOA" }, {} } } do
      local answers, err = of(function() return nonsense end)("a.test", "TXT")
      assert.is_nil(answers)
      assert.equal("NODATA", err.code)
    end
    assert.same({ { type = "MX", preference = 0, exchange = "" } },
      of(function() return { { type = "MX" } } end)("a.test", "MX"))
  end)

  it("may yield", function()
    local ask = of(function()
      return coroutine.yield("waits")
    end)
    local thread = coroutine.create(function() return ask("a.test", "A") end)
    assert.equal("waits", select(2, coroutine.resume(thread)))
    local _, answers = coroutine.resume(thread, { { type = "A", address = "192.0.2.1" } })
    assert.equal("192.0.2.1", answers[1].address)
  end)

  describe("of lua-resty-dns", function()
    local said, asked

    -- An object as resty.dns.resolver:new makes it.
    local function client()
      return setmetatable({}, { __index = {
        TYPE_A = 1, TYPE_CNAME = 5, TYPE_MX = 15, TYPE_TXT = 16, CLASS_IN = 1, tcp_query = print,
        query = function(_, name, options)
          asked[#asked + 1] = name .. " " .. tostring(options and options.qtype)
          if type(said) == "function" then
            return said()
          end
          return said, type(said) == "nil" and "no answer: timeout" or nil
        end,
      } })
    end

    before_each(function() asked, said = {}, nil end)

    it("is asked in that library's way", function()
      said = { { name = "A.test", type = 15, class = 1, ttl = 60, preference = 10,
                 exchange = "MX.a.test" } }
      assert.same({ { name = "a.test", type = "MX", ttl = 60, preference = 10,
                      exchange = "mx.a.test" } }, of(client())("a.test", "MX"))
      said = { { name = "a.test", type = 16, class = 1, ttl = 60, txt = { "v=spf1", " -all" } } }
      assert.equal("v=spf1 -all", of(client())("a.test", "TXT")[1].text)
      assert.same({ "a.test 15", "a.test 16" }, asked)
    end)

    it("fails as that library does", function()
      local function code(name)
        return select(2, of(client())(name or "a.test", "MX")).code
      end
      assert.equal("TIMEOUT", code())
      said = { errcode = 3, errstr = "name error" }
      assert.equal("NXDOMAIN", code())
      said = {}
      assert.equal("NODATA", code())
      said = function() error("bad request", 0) end
      assert.equal("CallbackError", code())
      asked = {}
      assert.equal("BADNAME", code "a..test")
      assert.same({}, asked)
    end)
  end)

  it("is nothing else", function()
    local fault = resolvers.SCHEMA.resolver
    assert.is_nil(fault(print))
    assert.is_nil(fault { query = print })
    for _, value in ipairs { true, 5, "8.8.8.8", {}, { query = 1 } } do
      assert.truthy(fault(value):find("expected a function(name, type)", 1, true))
    end
  end)
end)

describe("the resolver that is chosen", function()
  it("is c-ares", function()
    if not pcall(require, "ses.dns") then
      pending("ses.dns was not built")
    end
    local ask = assert(resolvers.of { servers = { "127.0.0.1:1" }, timeout = 1, tries = 1 })
    local answers, err = ask("a.test", "MX")
    assert.is_nil(answers)
    assert.equal("NETWORK", err.code)
  end)

  it("is none where there is none, which is said", function()
    local loaded, preload = package.loaded["ses.dns"], package.preload["ses.dns"]
    package.loaded["ses.dns"] = nil
    package.preload["ses.dns"] = function() error("absent") end
    local ask, err = resolvers.of {}
    package.loaded["ses.dns"], package.preload["ses.dns"] = loaded, preload
    assert.is_nil(ask)
    assert.equal("NoResolver", err.code)
    assert.truthy(err.message:find("libc-ares-dev", 1, true))
  end)
end)
