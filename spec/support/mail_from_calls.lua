-- The calls that a MAIL FROM plan makes.

local ses = require "ses"

local M = {}

--- What changes a setting, and what is asked first, by service.
M.SET = { ses = "SetIdentityMailFromDomain", sesv2 = "PutEmailIdentityMailFromAttributes" }
M.GET = { ses = "GetIdentityVerificationAttributes", sesv2 = "GetEmailIdentity" }

-- The operation of a request, by its wire form.
local function operation(request)
  if request.url:find("/mail%-from$") then
    return request.method == "PUT" and M.SET.sesv2 or "?"
  end
  return request.body and request.body:match("Action=(%w+)")
    or request.url:find("/identities/") and "GetEmailIdentity" or "?"
end

--- A client whose calls are counted.
---@param service string
---@param transport table
---@param client_options table|nil of ses.client
---@return table client
---@return table counts by operation, and those that were throttled; its function trouble, if it is
---  given one, is called with the operation and its count after each call
function M.counting(service, transport, client_options)
  local counts = { throttled = 0 }
  local watched = setmetatable({}, { __index = transport })
  function watched.send(_, request, deadline)
    local name = operation(request)
    counts[name] = (counts[name] or 0) + 1
    local response, err = transport:send(request, deadline)
    if response and (response.status == 429 or response.body:find("Rate exceeded", 1, true)) then
      counts.throttled = counts.throttled + 1
    end
    if counts.trouble then
      counts.trouble(name, counts[name])
    end
    return response, err
  end
  -- Transports of one group share a clock, and so the limits.
  watched.group = transport
  local given = { transport = watched }
  for name, value in pairs(client_options or {}) do
    given[name] = value
  end
  return assert(ses.client(service, given)), counts
end

return M
