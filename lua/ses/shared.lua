--- What the clients of one process have in common: the tokens that pay for
--- retries, and the limiter that keeps SES's rates.
---
--- Clocks differ between transports, so each has its own; those that say that
--- they are of one group share it.
local ratelimit = require "ses.ratelimit"
local retry = require "ses.retry"

local M = {}

local groups = setmetatable({}, { __mode = "k" })

local function of(transport)
  local key = transport.group or transport
  local group = groups[key]
  if not group then
    group = { quotas = {} }
    groups[key] = group
  end
  return group
end

--- The tokens for retries of a service at an endpoint.
---@param transport ses.Transport
---@param service string
---@param region string
---@param origin string of the endpoint
---@return table quota of ses.retry
function M.quota(transport, service, region, origin)
  local quotas = of(transport).quotas
  local key = service .. "/" .. region .. "/" .. origin
  quotas[key] = quotas[key] or retry.quota()
  return quotas[key]
end

-- The limiter of clients that were not given a store of limits.
local function limiter(transport)
  local group = of(transport)
  group.limiter = group.limiter or ratelimit.new(ratelimit.memory())
  return group.limiter
end

-- In seconds: how long a call waits for its turn, unless it or its transport
-- says otherwise.
local PATIENCE = 60

--- The limits of a client.
---@param given table|false|nil its option `rate`; false: it has none
---@param transport ses.Transport
---@return ses.Rate|nil
function M.rate(given, transport)
  if given == false then
    return nil
  end
  given = given or {}
  return {
    limiter = given.store and ratelimit.new(given.store) or limiter(transport),
    max_wait = given.max_wait or transport.max_wait or PATIENCE,
    max_send_rate = given.max_send_rate,
  }
end

return M
