-- What the libcurl transport does to the process around it.

local binding = require "ses.curl"
local curl = require "ses.transport.curl"
local http_server = require "spec.support.http_server"
local lfs = require "lfs"

local has_process, process = pcall(require, "spec.process")
local in_child = has_process and require "spec.support.child"

-- The numbers of the descriptors that are open. A descriptor for the folder
-- itself is among them, each time the same.
local function descriptors()
  local open = {}
  for name in lfs.dir("/proc/self/fd") do
    if name:find("^%d+$") then
      open[#open + 1] = tonumber(name)
    end
  end
  table.sort(open)
  return open
end

local function collect()
  collectgarbage()
  collectgarbage()
end

-- Has f called when garbage is collected; 5.1 has no finalizers of tables.
local function on_collection(f)
  local newproxy = rawget(_G, "newproxy")
  if newproxy then
    getmetatable(newproxy(true)).__gc = f
  else
    setmetatable({}, { __gc = f })
  end
end

describe("the libcurl transport", function()
  local server, connection

  setup(function()
    server = http_server.start()
    connection = { ca_bundle = server.ca }
    -- what libraries open once and keep
    server:journal("none")
    curl.new():close()
  end)

  teardown(function()
    server:stop()
  end)

  local function send(transport, url, seconds)
    return transport:send({
      method = "POST", url = url, headers = {}, body = "x", connection = connection,
    }, transport:now() + (seconds or 60))
  end

  describe("leaves no descriptor behind", function()
    local function use()
      local transport = curl.new()
      for _ = 1, 3 do
        assert(send(transport, (server:url("ok"))))
        assert(send(transport, (server:url("ok", "tls"))))
        send(transport, (server:url("silent")))
        send(transport, (server:url("silent", "tls")))
        send(transport, (server:url("stall", "tls")), 0.02)
        send(transport, ("http://127.0.0.1:%d/"):format(server.refused))
        send(transport, ("http://127.0.0.1:%d/"):format(server.full), 0.02)
        send(transport, "http://nothing.invalid/")
      end
      return transport
    end

    it("when it is closed", function()
      local before = descriptors()
      use():close()
      assert.same(before, descriptors())
    end)

    it("when it is collected", function()
      collect()
      local before = descriptors()
      use()
      collect()
      assert.same(before, descriptors())
    end)

    it("when requests are under way", function()
      collect()
      local before = descriptors()
      for _, finish in ipairs { "close", "running" } do
        local multi = binding.new()
        local settings = multi:settings(connection)
        for _ = 1, 4 do
          multi:start(settings, "POST", (server:url("stall")), {}, "x")
          multi:start(settings, "POST", (server:url("stall", "tls")), {}, "x")
          multi:start(settings, "POST", ("http://127.0.0.1:%d/"):format(server.full), {}, "x")
        end
        multi:step(0.1)
        multi[finish](multi)
        multi, settings = nil, nil -- luacheck: ignore 311
        collect()
        assert.same(before, descriptors())
      end
    end)

    it("when it was never used", function()
      collect()
      local before = descriptors()
      for _ = 1, 10 do
        curl.new()
      end
      collect()
      assert.same(before, descriptors())
    end)
  end)

  it("hands no connection to a program that is started", function()
    local transport = curl.new()
    assert(send(transport, (server:url("ok"))))
    assert(send(transport, (server:url("ok", "tls"))))
    -- local and peer of what this process has, of what its child has
    local ports = { [("%04X"):format(server.plain)] = 0, [("%04X"):format(server.tls)] = 0 }
    local inodes = {}
    for line in io.lines("/proc/net/tcp") do
      local port, inode = line:match("^%s*%d+: %x+:%x+ %x+:(%x+) %x+ %S+ %S+ %S+%s+%d+%s+%d+ (%d+)")
      if ports[port] then
        inodes["socket:[" .. inode .. "]"] = true
      end
    end
    assert.truthy(next(inodes))
    local child = assert(io.popen("ls -l /proc/self/fd/"))
    local listing = child:read("*a")
    child:close()
    assert.truthy(listing:find("->", 1, true))
    for inode in listing:gmatch("socket:%[%d+%]") do
      assert.is_nil(inodes[inode], listing)
    end
    transport:close()
  end)

  describe("survives a finalizer", function()
    local mode, pause, step

    -- Has the collector run all the time, so that any allocation may finalize.
    before_each(function()
      collect()
      local has_modes, previous = pcall(collectgarbage, "incremental") -- 5.4
      mode = has_modes and previous
      pause = collectgarbage("setpause", 0)
      step = collectgarbage("setstepmul", 10000)
    end)

    after_each(function()
      collectgarbage("setpause", pause)
      collectgarbage("setstepmul", step)
      if mode then
        collectgarbage(mode)
      end
    end)

    it("that closes it in the middle", function()
      local url = server:url("ok")
      for _ = 1, 100 do
        local transport = curl.new()
        on_collection(function() transport:close() end)
        local good, result = pcall(send, transport, url)
        if good then
          assert.equal("hello", result.body)
        else
          assert.truthy(result:find("the transport is closed", 1, true), result)
        end
        transport:close()
      end
    end)

    -- Starts some, of which most end at once, and takes what there is.
    local function churn(multi, settings, url, count)
      local taken = {}
      for i = 1, count do
        assert(multi:start(settings, i == 1 and "POST" or "", url, { ["X-I"] = "i" .. i },
                           ("b"):rep(i)))
      end
      repeat
        multi:step(1)
        local id, response, err = multi:take()
        if id then
          assert(not taken[id] and (response or err).code ~= "OutOfMemory")
          taken[id] = true
        end
      until not id
      multi:cancel(assert(multi:start(settings, "POST", url, {}, "b")))
    end

    it("that closes it while outcomes are taken", function()
      local url = server:url("ok")
      for _ = 1, 80 do
        local multi = binding.new()
        local settings = multi:settings(connection)
        on_collection(function() multi:close() end)
        local good, message = pcall(churn, multi, settings, url, 4)
        if not good then
          assert.truthy(message:find("the transport is closed", 1, true), message)
        end
        multi:close()
      end
    end)

    it("that starts and takes while others do", function()
      local url = server:url("ok")
      local multi = binding.new()
      local settings = multi:settings(connection)
      local inner = 0
      for _ = 1, 80 do
        on_collection(function()
          churn(multi, settings, url, 2)
          inner = inner + 1
        end)
        churn(multi, settings, url, 4)
      end
      collect()
      assert.is_true(inner > 0)
      churn(multi, settings, url, 1)
      while multi:running() > 0 do
        multi:step(1)
        multi:take()
      end
      multi:close()
    end)

    it("that uses it in the middle", function()
      local transport = curl.new()
      local url = server:url("ok")
      local inner = 0
      for _ = 1, 100 do
        on_collection(function()
          if send(transport, url).body == "hello" then
            inner = inner + 1
          end
        end)
        assert.equal("hello", send(transport, url).body)
      end
      collect()
      assert.is_true(inner > 0)
      transport:close()
    end)
  end)

  local needs_process = has_process and it or function(name)
    pending(name .. ": spec.process is not built, make spec builds it")
  end

  describe("after a fork", function()
    local transport

    before_each(function()
      transport = curl.new()
    end)

    after_each(function()
      transport:close()
    end)

    needs_process("is not for the child", function()
      assert(send(transport, (server:url("ok"))))
      local url, key = server:url("ok")
      assert.equal(0, in_child(function()
        local response, err = send(transport, url)
        return response == nil and err.kind == "transport" and err.code == "Forked"
          and err.sent == "none" and not transport:usable()
      end))
      assert.same({}, server:journal(key))
    end)

    needs_process("lets the child have its own", function()
      local transports = require "ses.transport"
      local parents = transports.default()
      assert(send(parents, (server:url("ok"))))
      local url, key = server:url("ok")
      assert.equal(0, in_child(function()
        local own = transports.default()
        return own ~= parents and own == transports.default() and send(own, url).status == 200
      end))
      assert.equal(1, #server:journal(key))
      assert.equal(parents, transports.default())
    end)

    for _, port in ipairs { "plain", "tls" } do
      needs_process("keeps the parent's connection when the child closes it: " .. port, function()
        local url, key = server:url("ok", port)
        assert(send(transport, url))
        assert.equal(0, in_child(function()
          transport:close()
          transport:close()
          return not transport:usable()
        end))
        assert.equal(0, in_child(function()
          transport = nil
          collect()
          return true
        end))
        assert(send(transport, url))
        local journal = server:journal(key)
        assert.equal(2, #journal)
        assert.equal(journal[1].connection, journal[2].connection)
      end)
    end

    needs_process("has the child let go of connections and nothing else", function()
      assert(send(transport, (server:url("ok"))))
      local before = descriptors()
      assert.equal(0, in_child(function()
        transport:close()
        local after = descriptors()
        return #after == #before - 1 and io.stdout:write("") ~= nil
      end))
      assert.same(before, descriptors())
    end)
  end)

  describe("and SIGPIPE", function()
    needs_process("is as it was, blocked or not", function()
      local transport = curl.new()
      for _ = 1, 20 do
        send(transport, (server:url("abort", "tls")))
        send(transport, (server:url("silent", "tls")))
        send(transport, (server:url("unread?bytes=0", "tls")))
      end
      assert.same({ false, false }, { process.sigpipe() })
      process.block_sigpipe(true)
      assert(send(transport, (server:url("ok"))))
      assert.same({ true, false }, { process.sigpipe() })
      transport:close()
      assert.same({ true, false }, { process.sigpipe() })
      process.block_sigpipe(false)
    end)

    needs_process("stays pending, if it was", function()
      local pid = process.fork()
      if pid == 0 then
        process.block_sigpipe(true)
        process.raise_sigpipe()
        local transport = curl.new()
        local response = send(transport, (server:url("ok")))
        local blocked, raised = process.sigpipe()
        process.exit(response and blocked and raised and 0 or 1)
      end
      assert.equal(0, process.wait(pid))
    end)
  end)
end)
