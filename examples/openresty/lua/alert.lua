--- A mail to the operator where answers go wrong. nginx cannot wait in its log
--- phase, so the mail is sent later, by a timer; no visitor waits for it.
local mailer = require "mailer"

local M = {}

local RETRY = 30 -- seconds

-- Of all workers: how many answers went wrong, and that an alert was sent.
local alerts = ngx.shared.alerts

-- What a visitor asked for, as one line of printable text, without the query.
local function request_line()
  local path = (ngx.var.request_uri or ""):match("^[^?]*"):sub(1, 200)
  return (ngx.var.request_method or "") .. " " .. path:gsub("[^!-~]", "?")
end

local function mail(count, window)
  return {
    FromEmailAddress = mailer.alert_from,
    Destination = { ToAddresses = { mailer.alert_to } },
    Content = { Simple = {
      Subject = { Data = "Answers of " .. ngx.var.hostname .. " go wrong" },
      Body = { Text = { Data = ("%d answers had a status of 500 and up, within %d seconds.\n"
        .. "The last was %d, to: %s\n"
        .. "The next mail comes in %d seconds at the earliest.\n"):format(count, window,
        ngx.status, request_line(), window) } },
    } },
  }
end

-- The next try is not at once, as SES itself may be what goes wrong; and there is
-- none where the mail may have been sent.
local function failed(err, window)
  ngx.log(ngx.ERR, "an alert failed: ", tostring(err))
  if not err.ambiguous then
    alerts:set("sent", true, math.min(RETRY, window))
  end
end

--- Counts an answer; for log_by_lua.
---@param options {least: integer, window: integer} an alert is sent after `least` wrong answers in
---  `window` seconds, and one in `window` seconds at most
function M.count(options)
  if ngx.status < 500 then
    return
  end
  local count = alerts:incr("count", 1, 0, options.window) or 0
  -- Of all workers, one adds this.
  if count >= options.least and alerts:add("sent", true, options.window) then
    local ok, refusal = mailer.client:later("SendEmail", mail(count, options.window),
      function(_, err)
        if err then
          failed(err, options.window)
        end
      end)
    if not ok then
      failed(refusal, options.window)
    end
  end
end

return M
