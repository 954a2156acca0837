-- What all transports that speak HTTP have in common, as cases that run in busted
-- or wherever the transport lives.
--
-- Each part is a function that gets busted's describe and it, or others that do
-- as they do, and what it is about:
--   given.transport  the transport, a new one for each case
--   given.server     see spec.support.http_server
--   given.proxy      the URL of its proxy
--   given.trusting   a connection that trusts the server's CA
--   given.through()  the same, by the proxy
--   given.alone()    a function that makes a URL of the server's lead to it over
--                    connections that no earlier case left open

local M = {}

local PARTS = { "requests", "refusals", "hostile", "once", "times", "idle", "tls", "proxy",
                "concurrency", "tasks" }

--- Defines all cases.
---@param describe function
---@param it function
---@param given table
function M.define(describe, it, given)
  for _, part in ipairs(PARTS) do
    describe(part, function()
      require("spec.support.contract." .. part)(describe, it, given)
    end)
  end
end

--- The cases as a list; given may be empty until they run.
---@param given table
---@param define? fun(describe: function, it: function, given: table) others than the contract's
---@return {name: string, run: fun()}[]
function M.list(given, define)
  local cases, path = {}, {}
  local function describe(name, fn)
    path[#path + 1] = name
    fn()
    path[#path] = nil
  end
  define = define or M.define
  define(describe, function(name, fn)
    cases[#cases + 1] = { name = table.concat(path, " ") .. " " .. name, run = fn }
  end, given)
  return cases
end

return M
