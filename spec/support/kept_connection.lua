-- A request on a connection that was kept, and that ends without an answer.

local assert = require "luassert"

--- Uses a kept connection for what follows, and shows that it was one.
---@param server table of http_server
---@param send fun(method: string, url: string, body: string|nil): table|nil, table|nil
---@param port string
---@param behaviour string
---@param method string
---@param body string|nil
---@return table err
---@return table record what the server saw, which is one request
return function(server, send, port, behaviour, method, body)
  assert(send("GET", (server:url("ok", port))))
  local url, key = server:url(behaviour, port)
  local response, err = send(method, url, body)
  assert.is_nil(response)
  local journal = server:journal(key)
  assert.equal(1, #journal, method .. ": requests that the server saw")
  assert.is_true(journal[1].nth > 1, method .. ": on the kept connection")
  return err, journal[1]
end
