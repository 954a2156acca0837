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

local cases = require "spec.support.cases"

local M = {}

--- Defines all cases.
M.define = cases.parts("spec.support.contract", {
  "requests", "refusals", "hostile", "once", "times", "idle", "tls", "proxy", "concurrency",
  "tasks",
})

return M
