-- One set of credentials for however many callers, renewed before it ends.

local curl = require "ses.transport.curl"
local errors = require "ses.error"
local fake_transport = require "spec.support.fake_transport"
local refresh = require "ses.credentials.refresh"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

-- A provider whose sets last so many seconds; `failing` is an error to give in
-- their place.
local function new(lifetime)
  local transport = fake_transport.new()
  local self = { transport = transport, state = refresh.new(), fetched = 0 }

  local function fetch(ctx)
    self.fetched = self.fetched + 1
    self.ctx = ctx
    if self.failing then
      return nil, errors.new("credentials", { code = "MetadataFailed", message = self.failing })
    end
    return {
      credentials = { access_key_id = "K" .. self.fetched, secret_access_key = SECRET },
      expires = lifetime and transport.wall + lifetime,
    }
  end

  function self.get(refused, ends)
    return refresh.get(self.state, { transport = transport }, fetch, refused, ends)
  end

  function self.key(refused, ends)
    local credentials, err = self.get(refused, ends)
    return credentials and credentials.access_key_id, err
  end

  function self.pass(seconds)
    transport.clock, transport.wall = transport.clock + seconds, transport.wall + seconds
  end

  return self
end

describe("a set of credentials", function()
  it("that does not end is fetched once", function()
    local provider = new()
    assert.equal("K1", provider.key())
    provider.pass(1e7)
    assert.equal("K1", provider.key())
    assert.equal(1, provider.fetched)
  end)

  it("is renewed five to six minutes before it ends", function()
    local provider = new(3600)
    assert.equal("K1", provider.key())
    provider.pass(3600 - 361)
    assert.equal("K1", provider.key())
    provider.pass(61)
    assert.equal("K2", provider.key())
    assert.equal(2, provider.fetched)
  end)

  it("that is short is kept for half of its time", function()
    local provider = new(60)
    assert.equal("K1", provider.key())
    provider.pass(29)
    assert.equal("K1", provider.key())
    provider.pass(2)
    assert.equal("K2", provider.key())
  end)

  it("serves until its end where another cannot be had, with pauses between", function()
    local provider = new(3600)
    assert.equal("K1", provider.key())
    provider.pass(3400)
    provider.failing = "it is down"
    for _ = 1, 100 do
      assert.equal("K1", provider.key())
    end
    assert.equal(2, provider.fetched)
    for _ = 1, 190 do
      provider.pass(1)
      assert.equal("K1", provider.key())
    end
    assert.truthy(provider.fetched < 12, provider.fetched)
    provider.pass(11)
    local found, err = provider.key()
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "credentials", "MetadataFailed"))
    provider.failing = nil
    provider.pass(5)
    assert.truthy(provider.key())
  end)

  it("that cannot be had is asked for again after a moment, not at each call", function()
    local provider = new(3600)
    provider.failing = "it is down"
    local _, first = provider.key()
    local _, second = provider.key()
    assert.equal(1, provider.fetched)
    assert.equal("it is down", second.message)
    -- Each caller writes into its own.
    assert.are_not.equal(first, second)
    provider.pass(1.1)
    provider.failing = nil
    assert.equal("K2", provider.key())
  end)

  it("that had ended when it came serves for a while", function()
    local provider = new(-60)
    assert.equal("K1", provider.key())
    provider.pass(299)
    assert.equal("K1", provider.key())
    provider.pass(61)
    assert.equal("K2", provider.key())
  end)

  it("that the service takes for expired is replaced, once for all who were told", function()
    local provider = new(3600)
    local refused = provider.get()
    provider.pass(10)
    assert.equal("K2", provider.key(refused))
    for _ = 1, 10 do
      assert.equal("K2", provider.key(refused))
    end
    assert.equal(2, provider.fetched)
    provider.pass(10)
    assert.equal("K2", provider.key(refused))
  end)

  it("that the service takes for expired is kept where there is no other", function()
    local provider = new(3600)
    local refused = provider.get()
    provider.pass(10)
    provider.failing = "it is down"
    assert.equal("K1", provider.key(refused))
    assert.equal(2, provider.fetched)
  end)

  it("is fetched in the time that the caller has, at most", function()
    local provider = new(3600)
    provider.key(nil, provider.transport.clock + 2)
    assert.equal(provider.transport.clock + 2, provider.ctx.ends)
    provider = new(3600)
    provider.key()
    assert.equal(provider.transport.clock + 30, provider.ctx.ends)
  end)

  it("is not asked for when the caller's time is over", function()
    local provider = new(3600)
    local found, err = provider.key(nil, provider.transport.clock)
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "credentials", "CredentialsTimeout"))
    assert.equal(0, provider.fetched)
  end)

  it("of a provider that raises is an error", function()
    local state = refresh.new()
    local ctx = { transport = fake_transport.new() }
    local found, err = refresh.get(state, ctx, function() error("boom", 0) end)
    assert.is_nil(found)
    assert.is_true(errors.is_error(err, "credentials", "ProviderError"))
    assert.truthy(err.message:find("boom", 1, true))
    assert.is_nil(state.fetch)
  end)
end)

describe("a hurried caller", function()
  it("gets the last set while that is good, though another is due", function()
    local provider = new(3600)
    assert.equal("K1", provider.key())
    provider.pass(3400)
    assert.equal("K1", provider.key(nil, provider.transport.clock))
    provider.failing = "it is slow"
    local get = provider.key
    assert.equal("K1", get(nil, provider.transport.clock + 0.001))
    assert.equal("K1", get(nil, provider.transport.clock + 0.001))
  end)

  it("that ran out of time makes nobody else wait", function()
    local transport = fake_transport.new()
    local state, fetched = refresh.new(), 0
    local function fetch(ctx)
      fetched = fetched + 1
      if fetched == 1 then
        transport.clock = ctx.ends
        return nil, errors.new("credentials", { code = "MetadataFailed", message = "late" })
      end
      return { credentials = { access_key_id = "K", secret_access_key = SECRET } }
    end
    local ctx = { transport = transport }
    assert.is_nil((refresh.get(state, ctx, fetch, nil, transport.clock + 1)))
    assert.equal("K", refresh.get(state, ctx, fetch).access_key_id)
  end)

  -- A set that is due, and nobody who answers.
  local function hanging()
    local transport, state, limits = fake_transport.new(), refresh.new(), {}
    local ctx = { transport = transport }
    local function fetch(given)
      limits[#limits + 1] = given.ends - transport.clock
      if #limits == 1 then
        return { credentials = { access_key_id = "K", secret_access_key = SECRET },
                 expires = transport.wall + 3600 }
      end
      transport.clock = given.ends
      return nil, errors.new("credentials", { code = "AssumeRoleFailed", message = "late" })
    end
    refresh.get(state, ctx, fetch)
    transport.wall = transport.wall + 3400
    return transport, limits, function(refused)
      return refresh.get(state, ctx, fetch, refused, transport.clock + 2)
    end
  end

  it("has the set that is still good, and time to use it", function()
    local transport, limits, get = hanging()
    local began = transport.clock
    for _ = 1, 3 do
      assert.equal("K", get().access_key_id)
    end
    assert.same({ 30, 1 }, limits)
    assert.equal(1, transport.clock - began)
    transport.clock = transport.clock + 1
    assert.equal("K", get().access_key_id)
    assert.same({ 30, 1, 1 }, limits)
  end)

  it("whose set is refused has all of its time for another", function()
    local transport, limits, get = hanging()
    transport.clock = transport.clock + 10
    get { access_key_id = "K" }
    assert.same({ 30, 2 }, limits)
  end)
end)

describe("many callers at once", function()
  -- Callers in coroutines of nobody's scheduler, each resumed in turn.
  local function run(transport, n, fn)
    transport.yields = true
    local threads, results = {}, {}
    for i = 1, n do
      threads[i] = coroutine.create(function() results[i] = fn(i) end)
    end
    local left = n
    while left > 0 do
      left = 0
      for i = 1, n do
        if coroutine.status(threads[i]) ~= "dead" then
          assert(coroutine.resume(threads[i]))
          left = left + 1
        end
      end
    end
    return results
  end

  it("cause one fetch, whatever the transport yields", function()
    local transport = fake_transport.new()
    local state, fetched = refresh.new(), 0
    local results = run(transport, 200, function()
      return refresh.get(state, { transport = transport }, function()
        fetched = fetched + 1
        transport:sleep(1)
        return { credentials = { access_key_id = "K", secret_access_key = SECRET } }
      end).access_key_id
    end)
    assert.equal(1, fetched)
    assert.equal(200, #results)
  end)

  it("cause one fetch in tasks of the libcurl transport", function()
    local transport = curl.new()
    finally(function() transport:close() end)
    local state, fetched, keys = refresh.new(), 0, 0
    transport:all(200, 200, function()
      local found = refresh.get(state, { transport = transport }, function()
        fetched = fetched + 1
        transport:sleep(0.05)
        return { credentials = { access_key_id = "K", secret_access_key = SECRET } }
      end)
      keys = keys + (found.access_key_id == "K" and 1 or 0)
    end)
    assert.equal(1, fetched)
    assert.equal(200, keys)
  end)

  it("do not wait for ever for one that was stopped in the middle", function()
    local transport = fake_transport.new()
    local state, fetched = refresh.new(), 0
    local function fetch()
      fetched = fetched + 1
      if fetched == 1 then
        coroutine.yield "stopped here"
      end
      return { credentials = { access_key_id = "K" .. fetched, secret_access_key = SECRET } }
    end
    coroutine.resume(coroutine.create(function()
      refresh.get(state, { transport = transport }, fetch)
    end))
    local began = transport.clock
    assert.equal("K2", refresh.get(state, { transport = transport }, fetch).access_key_id)
    assert.truthy(transport.clock - began >= 30 and transport.clock - began < 31)
  end)

  it("renew what one that was stopped in the middle did not", function()
    local transport = fake_transport.new()
    local state, fetched = refresh.new(), 0
    local function fetch()
      fetched = fetched + 1
      if fetched == 2 then
        coroutine.yield "stopped here"
      end
      return { credentials = { access_key_id = "K" .. fetched, secret_access_key = SECRET },
               expires = transport.wall + 600 }
    end
    local ctx = { transport = transport }
    refresh.get(state, ctx, fetch)
    transport.wall = transport.wall + 350
    coroutine.resume(coroutine.create(function() refresh.get(state, ctx, fetch) end))
    assert.equal("K1", refresh.get(state, ctx, fetch).access_key_id)
    transport.clock, transport.wall = transport.clock + 31, transport.wall + 31
    assert.equal("K3", refresh.get(state, ctx, fetch).access_key_id)
  end)

  it("ask nobody for a code while somebody types one", function()
    local transport = fake_transport.new()
    local state, asked = refresh.new(), 0
    local function fetch(ctx)
      asked = asked + 1
      ctx.ends = transport.clock + 300
      transport:sleep(100)
      ctx.ends = transport.clock + 30
      return { credentials = { access_key_id = "K", secret_access_key = SECRET } }
    end
    local results = run(transport, 2, function()
      return refresh.get(state, { transport = transport }, fetch).access_key_id
    end)
    assert.same({ "K", "K" }, results)
    assert.equal(1, asked)
  end)
end)
