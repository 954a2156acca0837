-- What is common to all transports that speak HTTP: answers that are broken, endless
-- or not HTTP at all.
--
-- See spec.support.transport_contract.

local assert = require "luassert"

return function(describe, it, given)
  -- Whatever came before, the transport works on and leaves no connection in
  -- a state that another request would notice.
  local function case(name, fn)
    it(name, function()
      fn()
      assert.equal("hello", assert(given.transport:send({
        method = "POST", url = (given.server:url("ok")), headers = {}, body = "x",
      })).body)
    end)
  end

  local function get(behaviour, connection)
    return given.transport:send({
      method = "POST", url = (given.server:url(behaviour)), headers = {}, body = "x",
      connection = connection,
    }, given.transport:now() + 60)
  end

  local function fails(code, behaviour, connection)
    local response, err = get(behaviour, connection)
    assert.is_nil(response)
    assert.equal(code, err.code, err.message)
    assert.equal("transport", err.kind)
    assert.equal("all", err.sent)
    assert.truthy(err.message:find("127.0.0.1:" .. given.server.plain, 1, true), err.message)
    assert.is_nil(err.message:find("%c"))
    return err
  end

  describe("reads", function()
    case("chunks, and leaves their trailer out", function()
      local response = get("chunked")
      assert.equal("hello world", response.body)
      assert.is_nil(response.headers["x-trailer"])
    end)

    case("a body that ends with the connection", function()
      assert.equal("hello", get("until-close").body)
    end)

    case("the response behind interim ones", function()
      local response = get("interim")
      assert.equal(200, response.status)
      assert.equal("hello", response.body)
      assert.is_nil(response.headers["x-early"])
      assert.equal("1", response.headers["x-one"])
    end)
  end)

  describe("notices", function()
    case("a body that is cut short", function()
      local err = fails("ConnectionClosed", "truncated")
      assert.truthy(err.message:find("middle of its response", 1, true), err.message)
      fails("ConnectionClosed", "chunked?cut")
      fails("ConnectionClosed", "raw?of=head")
    end)

    case("that there is no answer", function()
      fails("ConnectionClosed", "raw?of=nothing")
      fails("ConnectionClosed", "raw?of=interim")
    end)

    case("what is not HTTP/1.1", function()
      for _, what in ipairs { "garbage", "http09", "status", "small", "nocolon", "nul", "name",
                              "lengths", "negative", "switch" } do
        fails("BadResponse", "raw?of=" .. what)
      end
    end)
  end)

  describe("stops at", function()
    case("the limit of the body, announced or not", function()
      for _, how in ipairs { "", "&length" } do
        local limit = { max_response_bytes = 100000 }
        assert.equal(100000, #get("large?size=100000" .. how, limit).body)
        local err = fails("ResponseTooLarge", "large?size=100001" .. how, limit)
        assert.truthy(err.message:find("max_response_bytes, 100000", 1, true), err.message)
        fails("ResponseTooLarge", "large?size=50000000" .. how, limit)
      end
    end)

    case("a limit of nothing", function()
      assert.equal("", get("large?size=0", { max_response_bytes = 0 }).body)
      assert.equal("", get("large?size=0&length", { max_response_bytes = 0 }).body)
      fails("ResponseTooLarge", "large?size=1", { max_response_bytes = 0 })
      fails("ResponseTooLarge", "large?size=1&length", { max_response_bytes = 0 })
    end)

    case("16 MiB, if no limit is given", function()
      assert.equal(16777216, #get("large?size=16777216").body)
      fails("ResponseTooLarge", "large?size=16777217")
    end)

    case("headers without end", function()
      for _, what in ipairs { "headers", "many", "interim" } do
        local response, err = get("endless?of=" .. what)
        assert.is_nil(response)
        assert.equal("all", err.sent)
        assert.equal("ResponseTooLarge", err.code, what .. ": " .. err.message)
      end
    end)
  end)
end
