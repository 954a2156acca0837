-- Requests that were started on a handle of ses.curl, many at once.

local core = require "ses.core"
local curl = require "ses.curl"
local http_server = require "spec.support.http_server"
local started = require "spec.support.started"

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

local has_process, in_child = pcall(require, "spec.support.child")

local needs_process = has_process and it or function(name)
  pending(name .. ": spec.process is not built, make spec builds it")
end

-- Overwrites what returned functions have left on the stack, which LuaJIT may
-- still take for theirs.
local function wipe_stack(depth)
  local a, b, c, d, e, f, g, h = depth, depth, depth, depth, depth, depth, depth, depth
  return depth > 0 and wipe_stack(depth - 1) + a + b + c + d + e + f + g + h or 0
end

-- Kilobytes that Lua holds after everything was collected. LuaJIT's buffer for
-- strings that are being made halves with each collection.
local function held_memory()
  wipe_stack(50)
  for _ = 1, rawget(_G, "jit") and 16 or 2 do
    collectgarbage()
  end
  return collectgarbage("count")
end

describe("requests that were started", function()
  local server, multi, settings

  setup(function()
    server = http_server.start()
  end)

  teardown(function()
    server:stop()
  end)

  before_each(function()
    multi = curl.new()
    settings = multi:settings { ca_bundle = server.ca }
  end)

  after_each(function()
    multi:close()
  end)

  local function start(url, body, seconds)
    return assert(multi:start(settings, "POST", url, {}, body, seconds or 60))
  end

  -- A request that the server holds until server:go(key).
  local function start_held(port)
    local url, key = server:url("held", port)
    local id = start(url, "x")
    started.step_until(multi, function()
      local journal = server:journal(key)
      return journal[1] and journal[1].complete
    end)
    return id, key
  end

  local function ids(taken)
    local list = {}
    for i, one in ipairs(taken) do
      list[i] = one.id
    end
    return list
  end

  it("have positive numbers of their own", function()
    local url = server:url("ok")
    local seen = {}
    for _ = 1, 20 do
      local id = start(url)
      assert.is_true(id > 0 and id % 1 == 0)
      assert.is_nil(seen[id])
      seen[id] = true
      if id % 2 == 0 then
        started.take(multi)
      end
    end
  end)

  it("are taken in the order in which they end", function()
    local held, held_key = start_held()
    local quick = start((server:url("ok")))
    local refused = assert(multi:start(settings, "NOT A METHOD", (server:url("ok")), {}))
    assert.equal(3, multi:running())
    local taken = started.take(multi, 2)
    assert.same({ refused, quick }, ids(taken))
    assert.equal(1, multi:running())
    server:go(held_key)
    assert.same({ held }, ids(started.take(multi)))
    assert.equal(0, multi:running())
    assert.equal(0, select("#", multi:take()))
  end)

  it("end in what perform returns", function()
    local url = server:url("ok")
    local performed = multi:perform(settings, "POST", url, {}, "x", 60)
    local response, err = started.send(multi, settings, "POST", url, {}, "x", 60)
    assert.is_nil(err)
    assert.same(performed, response)
    for _, args in ipairs {
      { "BAD METHOD", url, {} }, { "GET", "ftp://example.com/", {} },
      { "HEAD", url, {}, "body" }, { "GET", url, { ["Bad Name"] = "x" } },
      { "GET", "http://127.0.0.1:" .. server.refused, {} },
    } do
      local none, expected = multi:perform(settings, unpack(args, 1, 4))
      assert.is_nil(none)
      none, err = started.send(multi, settings, unpack(args, 1, 4))
      assert.is_nil(none)
      assert.same(expected, err)
    end
  end)

  it("are under way at the same time, on connections that stay", function()
    local url, key = server:url("gather?count=64")
    local connections, count = {}, 0
    for round = 1, 4 do
      if round > 1 then
        url = server:url("gather?count=" .. 64 * round, nil, key)
      end
      for _ = 1, 64 do
        start(url, "x")
      end
      assert.equal(64, multi:running())
      for _, one in ipairs(started.take(multi)) do
        assert.equal("all there", assert(one.response, one.err and one.err.message).body)
      end
    end
    for _, record in ipairs(server:journal(key)) do
      if not connections[record.connection] then
        connections[record.connection] = true
        count = count + 1
      end
    end
    assert.equal(64, count)
  end)

  it("go on while another one is performed, and stay to be taken", function()
    local url = server:url("gather?count=9")
    for _ = 1, 8 do
      start(url, "x")
    end
    -- which the server answers once the others have come
    assert.equal("all there", multi:perform(settings, "POST", url, {}, "x", 60).body)
    assert.equal(8, multi:running())
    assert.equal(8, #started.take(multi))
  end)

  it("keep their bodies", function()
    local expected = {}
    for i = 1, 20 do
      local body = ("%d,"):format(i):rep(50000)
      expected[start((server:url("echo")), body)] = core.sha256(body)
    end
    held_memory()
    for _, one in ipairs(started.take(multi)) do
      assert.equal(expected[one.id], one.response.body)
    end
  end)

  it("let go of their bodies", function()
    local url, stalled = server:url("ok"), server:url("stall")
    local before = held_memory()
    local function begin(address)
      return start(address, ("x"):rep(8 * 1024 * 1024))
    end
    -- A trace can keep what it made once.
    if rawget(_G, "jit") then
      require("jit").off(begin)
    end
    for _, finish in ipairs {
      function() begin(url); started.take(multi) end,
      function() multi:cancel(begin(stalled)) end,
      function() begin(stalled); multi:step(0.05); multi:close() end,
    } do
      finish()
      assert.is_true(held_memory() < before + 1024)
    end
  end)

  describe("and cancelled", function()
    it("are gone, under way or over", function()
      local held, key = start_held()
      local other = start_held()
      local over = start((server:url("ok")))
      local refused = assert(multi:start(settings, "", (server:url("ok")), {}))
      started.step_until(multi, function() return multi:step(1) == 2 end)
      for i, id in ipairs { over, held, refused, other } do
        assert.is_true(multi:cancel(id))
        assert.is_false(multi:cancel(id))
        assert.equal(4 - i, multi:running())
        assert.equal(i < 3 and 1 or 0, multi:step())
      end
      server:go(key)
      server:await(key, "closed")
      assert.equal(0, select("#", multi:take()))
      assert.equal(200, multi:perform(settings, "GET", (server:url("ok")), {}).status)
    end)

    it("leave the others in line", function()
      for gone = 1, 3 do
        local list = {}
        for i = 1, 3 do
          list[i] = assert(multi:start(settings, "", (server:url("ok")), {}))
        end
        assert.is_true(multi:cancel(list[gone]))
        local last = assert(multi:start(settings, "", (server:url("ok")), {}))
        table.remove(list, gone)
        list[3] = last
        assert.same(list, ids(started.take(multi)))
      end
    end)

    it("must be there", function()
      start((server:url("stall")))
      for _, id in ipairs { 0, -1, 0.5, 1.5, 2, 1e300, math.huge, -math.huge, 0 / 0 } do
        assert.is_false(multi:cancel(id))
      end
      assert.equal(1, multi:running())
      assert.is_false(pcall(multi.cancel, multi))
      assert.is_false(pcall(multi.cancel, multi, {}))
    end)
  end)

  describe("within their time", function()
    it("or end as timeouts", function()
      local begin = curl.now()
      local stalled = start((server:url("stall")), "x", 0.2)
      local never = multi:start(multi:settings { connect_timeout = 0.05 }, "POST",
                                ("http://127.0.0.1:%d/"):format(server.full), {}, "x")
      local found = {}
      for _, one in ipairs(started.take(multi)) do
        found[one.id] = one.err
      end
      assert.is_true(curl.now() - begin >= 0.198) -- libcurl rounds
      assert.equal("AttemptTimeout", found[stalled].code)
      assert.equal("timeout", found[stalled].kind)
      assert.equal("all", found[stalled].sent)
      assert.equal("ConnectTimeout", found[never].code)
      assert.equal("none", found[never].sent)
    end)

    it("are waited for as long as step is told, and no longer", function()
      local begin = curl.now()
      for _, seconds in ipairs { 10, math.huge } do
        assert.equal(0, multi:step(seconds)) -- there is nothing to wait for
      end
      start((server:url("stall")), "x")
      for _, seconds in ipairs { 0, -1, -math.huge, 0 / 0 } do
        assert.equal(0, multi:step(seconds))
      end
      assert.equal(0, multi:step())
      assert.equal(0, multi:step(nil))
      assert.is_true(curl.now() - begin < 10)
      begin = curl.now()
      assert.equal(0, multi:step(0.15))
      local took = curl.now() - begin
      assert.is_true(took >= 0.14 and took < 10, took)
      local refused = multi:start(settings, "", (server:url("ok")), {})
      begin = curl.now()
      assert.equal(1, multi:step(1000)) -- there is one to take
      assert.is_true(curl.now() - begin < 10)
      assert.equal(refused, (multi:take()))
    end)
  end)

  describe("when the handle closes", function()
    it("end", function()
      local keys = {}
      for i = 1, 8 do
        local _
        _, keys[i] = start_held(i % 2 == 0 and "tls" or nil)
      end
      start((server:url("ok")))
      multi:start(settings, "", (server:url("ok")), {})
      multi:close()
      multi:close()
      for _, key in ipairs(keys) do
        server:go(key)
        server:await(key, "closed")
      end
      for _, method in ipairs { "start", "step", "take", "cancel", "running", "settings" } do
        local good, message = pcall(multi[method], multi, 1)
        assert.is_false(good)
        assert.truthy(message:find("the transport is closed", 1, true), message)
      end
    end)

    it("end, if it does so by being collected", function()
      local keys = {}
      for i = 1, 4 do
        local _
        _, keys[i] = start_held()
      end
      multi = curl.new()
      settings = multi:settings {}
      held_memory()
      for _, key in ipairs(keys) do
        server:go(key)
        server:await(key, "closed")
      end
    end)
  end)

  describe("after a fork", function()
    for _, port in ipairs { "plain", "tls" } do
      needs_process("are the parent's alone: " .. port, function()
        local held, key = start_held(port)
        local over = assert(multi:start(settings, "", (server:url("ok")), {}))
        local url, child_key = server:url("ok", port)
        assert.equal(0, in_child(function()
          local id, err = multi:start(settings, "POST", url, {}, "x")
          return id == nil and err.code == "Forked" and err.sent == "none" and err.stale == nil
            and multi:running() == 0 and multi:step(5) == 0 and select("#", multi:take()) == 0
            and not multi:cancel(held) and not multi:cancel(over)
        end))
        assert.equal(0, in_child(function()
          multi:close()
          return true
        end))
        assert.equal(0, in_child(function()
          multi, settings = nil, nil
          held_memory()
          return true
        end))
        server:go(key)
        local taken = started.take(multi)
        assert.same({ over, held }, ids(taken))
        assert.equal("let go", taken[2].response.body)
        assert.same({}, server:journal(child_key))
      end)
    end
  end)

  it("cannot be misused", function()
    local url = server:url("ok")
    for _, args in ipairs {
      {}, { settings }, { settings, "GET" }, { settings, "GET", url }, { {}, "GET", url, {} },
      { settings, "GET", url, "x" }, { settings, "GET", url, { a = 1 } },
      { settings, "GET", url, { "x" } }, { settings, "GET", url, {}, {} },
      { settings, "GET", url, {}, "x", "y" },
      { curl.new():settings {}, "GET", url, {} },
    } do
      assert.is_false(pcall(multi.start, multi, unpack(args, 1, 6)))
    end
    assert.equal(0, multi:running())
    assert.is_false(pcall(multi.step, multi, "soon"))
    assert.is_false(pcall(multi.take, {}))
    assert.equal(200, started.send(multi, settings, "GET", url, {}).status)
  end)
end)
