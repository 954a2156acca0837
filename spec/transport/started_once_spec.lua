-- A request that was started goes out once, whatever else is under way; and
-- one that met a stale connection says so.

local curl = require "ses.curl"
local http_server = require "spec.support.http_server"
local kept_connection = require "spec.support.kept_connection"
local started = require "spec.support.started"

local METHODS = {
  { "POST", "a body" }, { "POST", "" }, { "POST" }, { "PUT", "a body" }, { "PATCH", "" },
  { "GET" }, { "DELETE" }, { "DELETE", "a body" }, { "HEAD" },
}

describe("a request that was started goes out once", function()
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

  -- Connections that are in use all the time, with an answer that has begun.
  local function occupy(port)
    for _ = 1, 3 do
      local url, key = server:url("stall?begin", port)
      assert(multi:start(settings, "POST", url, {}, "x", 60))
      started.step_until(multi, function()
        local journal = server:journal(key)
        return journal[1] and journal[1].complete
      end)
    end
  end

  local function send(method, url, body)
    return started.send(multi, settings, method, url, {}, body, 60)
  end

  local function on_kept_connection(...)
    return kept_connection(server, send, ...)
  end

  for _, port in ipairs { "plain", "tls" } do
    for _, behaviour in ipairs { "silent", "abort" } do
      it("when a kept connection ends without an answer: " .. port .. ", " .. behaviour, function()
        occupy(port)
        for _, case in ipairs(METHODS) do
          local err, record = on_kept_connection(port, behaviour, case[1], case[2])
          assert.equal("transport", err.kind)
          assert.equal("ConnectionClosed", err.code)
          assert.equal("all", err.sent)
          assert.is_true(err.stale)
          assert.is_true(record.complete)
          assert(send("POST", (server:url("ok", port)), "x"))
        end
        assert.equal(3, multi:running())
      end)
    end
  end

  it("when many kept connections end at once", function()
    local url = server:url("gather?count=32")
    for _ = 1, 32 do
      assert(multi:start(settings, "POST", url, {}, "x", 60))
    end
    started.take(multi)
    local silent, key = server:url("silent")
    for _ = 1, 32 do
      assert(multi:start(settings, "POST", silent, {}, "x", 60))
    end
    -- libcurl gives up another kept connection for each one that it would
    -- repeat its request on, so that some go out on new ones
    local stale, kept = 0, 0
    for _, one in ipairs(started.take(multi)) do
      assert.equal("ConnectionClosed", one.err.code)
      assert.equal("all", one.err.sent)
      stale = stale + (one.err.stale and 1 or 0)
    end
    local journal = server:journal(key)
    assert.equal(32, #journal)
    for _, record in ipairs(journal) do
      kept = kept + (record.nth > 1 and 1 or 0)
    end
    assert.is_true(stale > 0)
    assert.equal(kept, stale)
  end)

  it("when a kept connection ends in the middle of the body", function()
    occupy()
    local err, record = on_kept_connection("plain", "unread?bytes=1000", "POST",
                                           ("x"):rep(20 * 1024 * 1024))
    assert.equal("ConnectionClosed", err.code)
    assert.equal("part", err.sent)
    assert.is_true(err.stale)
    assert.is_false(record.complete)
  end)

  it("when a new connection ends without an answer", function()
    for _, behaviour in ipairs { "silent", "abort" } do
      for _, case in ipairs(METHODS) do
        local url, key = server:url(behaviour)
        local _, err = send(case[1], url, case[2])
        assert.equal("ConnectionClosed", err.code)
        assert.equal("all", err.sent)
        assert.is_nil(err.stale)
        assert.equal(1, #server:journal(key))
      end
    end
  end)

  it("when a kept connection ends after a part of the answer, or none comes", function()
    for _, behaviour in ipairs { "truncated", "chunked?cut", "raw?of=garbage", "raw?of=head" } do
      local err = on_kept_connection("plain", behaviour, "POST", "x")
      assert.is_nil(err.stale, behaviour)
    end
    assert(send("GET", (server:url("ok"))))
    local _, err = started.send(multi, settings, "POST", (server:url("stall")), {}, "x", 0.2)
    assert.equal("timeout", err.kind)
    assert.is_nil(err.stale)
  end)

  for _, port in ipairs { "plain", "tls" } do
    for _, behaviour in ipairs { "idle", "unasked" } do
      it("on a new connection, if the kept one ended before: " .. port .. ", " .. behaviour,
         function()
        occupy(port)
        for _, case in ipairs(METHODS) do
          local idle, idle_key = server:url(behaviour, port)
          assert(send("GET", idle))
          if behaviour == "unasked" then
            server:go(idle_key)
          end
          local ended = server:await(idle_key, "closed")
          local url, key = server:url("ok", port)
          local response, err = send(case[1], url, case[2])
          assert.is_nil(err, err and err.message)
          assert.equal(200, response.status)
          local journal = server:journal(key)
          assert.equal(1, #journal)
          assert.equal(1, journal[1].nth)
          assert.are_not.equal(ended[1].connection, journal[1].connection)
        end
        -- those that were in use are as they were
        assert.equal(3, multi:running())
        assert.equal(0, multi:step())
      end)
    end
  end

  it("and a connection that has an answer to be read is not taken for a stale one", function()
    for _ = 1, 16 do
      local url, key = server:url("held")
      assert(multi:start(settings, "POST", url, {}, "x", 60))
      started.step_until(multi, function()
        local journal = server:journal(key)
        return journal[1] and journal[1].complete
      end)
      server:go(key)
      server:await(key, "complete")
      -- The answer is there, or about to be; the sweep comes before it is read.
      assert(multi:start(settings, "POST", (server:url("ok")), {}, "x", 60))
    end
    local taken = started.take(multi)
    assert.equal(32, #taken)
    for _, one in ipairs(taken) do
      assert.is_nil(one.err, one.err and one.err.message)
    end
  end)
end)
