--- A set of credentials as it comes from somewhere: keys, and when they end.
local core = require "ses.core"
local fault = require "ses.credentials.fault"
local static = require "ses.credentials.static"

local M = {}

---@class ses.CredentialsSet
---@field credentials table {access_key_id=, secret_access_key=, session_token=}
---@field expires number|nil seconds since the epoch; nil: they do not
---@field renew_at number|nil when to fetch them anew, in seconds since the epoch, where whoever
---  handed them out knows better than ses.credentials.refresh

local function time_of(value)
  if type(value) == "number" then
    return value > 0 and value < math.huge and value or nil
  end
  return type(value) == "string" and core.parse_time(value, "iso8601") or nil
end

--- Checks a set.
---@param from string who handed it out, for messages: "the instance metadata service"
---@param given table {access_key_id=, secret_access_key=, session_token=, expires=}; expires: seconds
---  since the epoch or ISO 8601
---@param now number|nil seconds since the epoch: a set that has expired by then is refused
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.new(from, given, now)
  local credentials, reason = static.copy {
    access_key_id = given.access_key_id, secret_access_key = given.secret_access_key,
    session_token = given.session_token,
  }
  if not credentials then
    return fault.new("InvalidCredentials", from .. " gave credentials that cannot be used: "
      .. reason)
  end
  local expires
  if given.expires ~= nil then
    expires = time_of(given.expires)
    if not expires then
      return fault.new("InvalidCredentials", from .. " gave credentials with an expiration that is"
        .. " no time: '" .. fault.quote(given.expires) .. "'")
    end
  end
  if expires and now and expires <= now then
    return fault.new("ExpiredCredentials", ("%s gave credentials that had expired: at %s, and by"
      .. " the clock of this machine it is %s"):format(from, core.format_time(expires, "iso8601"),
      core.format_time(now, "iso8601")))
  end
  return { credentials = credentials, expires = expires }
end

return M
