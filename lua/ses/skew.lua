--- How far this machine's clock is from the service's, by the Date of an answer.
---
--- A call that was refused for its time is signed anew with the corrected time.
--- Both times of an attempt are by the clock that signed it, correction
--- included, so that what comes out is what is still missing: a second refusal
--- of the same kind does not add the same correction again.
local core = require "ses.core"

local M = {}

-- AWS's SDKs correct nothing below this: SES accepts signatures of five minutes.
local LEAST = 240

-- What a request with the wrong time may be answered with. v1 says
-- SignatureDoesNotMatch for "Signature expired" and "Signature not yet current"
-- as well. RequestExpired was on AWS's list until November 2026.
local CODES = {
  AccessDeniedException = true, AuthFailure = true, InvalidSignatureException = true,
  RequestTimeTooSkewed = true, SignatureDoesNotMatch = true,
}

--- How many seconds to add to the time of this machine.
---
--- The answer was dated at some moment between the two local times. What that
--- alone can explain is no skew, so that a slow answer makes none.
---@param date string|nil the answer's header Date
---@param sent_at number seconds since the epoch, when the request was signed
---@param received_at number seconds since the epoch, when the answer was there
---@return number|nil seconds negative: the local clock is fast; nil: no date that can be read
function M.of(date, sent_at, received_at)
  local server = type(date) == "string" and core.parse_time(date, "http")
  if not server then
    return nil
  end
  local least = server - math.max(sent_at, received_at)
  local most = server - math.min(sent_at, received_at)
  if least > 0 then
    return least
  end
  return most < 0 and most or 0
end

--- Whether an answer complains of the time, and the skew can be the reason.
---@param err table an error of ses.error
---@param seconds number|nil what M.of said
---@return boolean
function M.should_correct(err, seconds)
  return seconds ~= nil and math.abs(seconds) > LEAST and err.kind == "service"
    and (CODES[err.code] or CODES[err.shape] or false)
end

return M
