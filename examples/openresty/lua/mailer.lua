--- The client of SES, one for all requests of a worker, and our own addresses.
local ses = require "ses"

local M = {}

-- Their domain is an identity of ours, with a MAIL FROM domain of its own.
M.contact_from = "Contact form <contact@shop.example>"
M.contact_to = "support@shop.example"
M.alert_from = "Alerts <alerts@shop.example>"
M.alert_to = "operator@shop.example"

-- Region, keys and endpoint come from the environment, see nginx.conf.
M.client = ses.check(ses.client("sesv2", {
  shared = "ses",                                    -- a pace for all workers
  timeout = { connect = 2, attempt = 10, total = 20 },
  rate = { max_wait = 5 },                           -- nobody looks at an empty page for longer
  user_agent_extra = "openresty-example",
}))

--- What to tell a visitor of a call that failed. What SES said is for the log: it
--- can name our account.
---@param err ses.Error
---@return {status: integer, message: string, retry_after: integer|nil}
function M.problem(err)
  if ses.is_error(err, "service", "BadRequest") then
    return { status = 400, message = "Amazon SES refused that: " .. err.message }
  end
  ngx.log(ngx.ERR, tostring(err))
  if err.throttled then
    return { status = 503, retry_after = 5,
             message = "There are too many requests just now. Please try again in 5 seconds." }
  elseif err.retryable then
    return { status = 503, retry_after = 30,
             message = "Amazon SES does not answer just now. Please try again in half a minute." }
  end
  return { status = 502, message = "Amazon SES did not do what we asked it for. We look into it." }
end

return M
