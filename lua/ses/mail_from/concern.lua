--- Whom an error concerns: the identity that was asked about, or all of them.
local errors = require "ses.error"
local verdict = require "ses.batch.verdict"

local M = {}

---@class ses.mail_from.Concern
local Concern = {}
Concern.__index = Concern

-- Policies can allow API v2's operations for some identities and not for others.
-- Where nothing was allowed and so much refused, the next will be refused too.
local ENOUGH = 3

--- Of one operation of a client.
---@param client table
---@return ses.mail_from.Concern
function M.new(client)
  return setmetatable({ is_lenient = client.service == "sesv2", allowed = 0, denied = 0 }, Concern)
end

--- Notes that a call succeeded.
function Concern:allow()
  self.allowed = self.allowed + 1
end

local function is_denied(err)
  return errors.is_error(err, "service", "AccessDenied")
end

--- Judges the error of a call.
---@param err ses.Error
---@return ses.Verdict
---@return boolean stops it concerns all
function Concern:judge(err)
  local judged, stops = verdict.of_error(err)
  if stops and self.is_lenient and is_denied(err) then
    self.denied = self.denied + 1
    if self.allowed > 0 or self.denied < ENOUGH then
      return { state = "failed", code = err.code, err = err }, false
    end
  elseif judged.state == "unknown" then
    -- Setting the same once more does no harm.
    judged.state = "again"
  end
  return judged, stops
end

return M
