--- Errors that the world can cause: every one is a table that prints well.
---
--- Misuse of the library raises plain strings instead, at the caller's line.
local hints = require "ses.hints"
local nearest = require "ses.nearest"

---@class ses.Error
---@field kind "validation"|"credentials"|"config"|"transport"|"timeout"|"service"|"decode"
---  |"callback"|"journal"|"queue"
---@field code string|nil the code on the wire, or a word of the library's own
---@field shape string|nil of a service's error: its name in AWS's model
---@field message string
---@field operation string|nil "SetIdentityMailFromDomain"
---@field service string|nil "ses" or "sesv2"
---@field status integer|nil HTTP status, where an answer came
---@field request_id string|nil
---@field path string|nil the member of the parameters or of the answer that is wrong
---@field attempts integer how many times the request was sent, or tried to be
---@field retryable boolean the same call can succeed later, and repeating it cannot deliver mail twice
---@field throttled boolean the service said that calls come too fast
---@field ambiguous boolean the call may have been carried out; never of one that only reads
---@field stale boolean|nil of a transport's error: a kept connection had gone before the request
---@field url string|nil of a transport's error: where the request was sent
---@field sent string|nil of a transport's error: "none", "part" or "all" of the request left
---@field excerpt string|nil of an answer that cannot be read: how it begins, escaped
---@field offset integer|nil of an answer that cannot be read: where, in bytes from 0
---@field fault string|nil of a service's error in API v1: "Sender" or "Receiver"
---@field smtp_credentials boolean|nil of a signature that was refused: it was made with what looks
---  like the password of SES's SMTP interface
---@field details table|nil faults of the parameters, see ses.validation, or a service error's
---  further members
---@field cause any the error underneath
---@field callback_error any what a hook or the log raised after the call was made
local Error = {}
Error.__name = "ses.error"

local M = {}

local KINDS = {
  validation = true, credentials = true, config = true, transport = true, timeout = true,
  service = true, decode = true, callback = true, journal = true, queue = true,
}

--- Makes an error of a table of its fields, in place.
---@param kind string
---@param fields table
---@return ses.Error
function M.new(kind, fields)
  fields.kind = kind
  fields.attempts = fields.attempts or 0
  fields.retryable = fields.retryable or false
  fields.throttled = fields.throttled or false
  fields.ambiguous = fields.ambiguous or false
  return setmetatable(fields, Error)
end

--- What somebody's function raised, or gave as its reason, in words. The address
--- that tostring makes of a table helps nobody.
---@param problem any
---@return string
function M.in_words(problem)
  local metatable = getmetatable(problem)
  if type(problem) ~= "table" or (type(metatable) == "table" and metatable.__tostring) then
    return tostring(problem)
  elseif type(problem.message) == "string" then
    return problem.message
  end
  return "a table without a message"
end

--- The error of a function of the user's that raised.
---@param what string "the function raised an error"
---@param problem any what it raised
---@return ses.Error
function M.callback(what, problem)
  return M.new("callback", {
    code = "CallbackError", cause = problem, message = what .. ": " .. M.in_words(problem),
  })
end

local function heading(err)
  local name = err.service or "ses"
  if err.operation then
    name = name .. " " .. err.operation
  end
  return name .. ": " .. (err.code or err.kind)
end

local function facts(err)
  local list = {}
  if err.status then
    list[#list + 1] = "HTTP " .. tostring(err.status)
  end
  if err.request_id then
    list[#list + 1] = "request id " .. err.request_id
  end
  if err.attempts > 1 then
    list[#list + 1] = ("after %d attempts"):format(err.attempts)
  end
  if err.ambiguous then
    list[#list + 1] = "the request may have been carried out"
  end
  return #list > 0 and (" (" .. table.concat(list, ", ") .. ")") or ""
end

function Error:__tostring()
  local parts = { heading(self) }
  if type(self.message) == "string" then
    parts[2] = ": " .. self.message
  end
  parts[#parts + 1] = facts(self)
  if self.kind == "validation" and self.details and #self.details > 1 then
    for i = 1, #self.details do
      parts[#parts + 1] = "\n  " .. self.details[i].message
    end
  end
  if self.excerpt and self.excerpt ~= "" then
    parts[#parts + 1] = "\n  the answer begins: " .. self.excerpt
  end
  local hint = hints.of(self)
  if hint then
    parts[#parts + 1] = "\n  hint: " .. hint
  end
  return table.concat(parts)
end

function Error.__concat(left, right)
  return tostring(left) .. tostring(right)
end

local function without_suffix(code)
  return type(code) == "string" and code:gsub("Exception$", "") or nil
end

--- Whether a value is an error of this library, of a kind, with a code.
---
--- The code may be the one on the wire or the name in AWS's model, with or
--- without "Exception" at its end.
---@param value any
---@param kind? string see ses.Error.kind; nil: any
---@param code? string nil: any
---@return boolean
function M.is_error(value, kind, code)
  if kind ~= nil and not KINDS[kind] then
    error("ses.is_error: no kind of error is called '" .. tostring(kind) .. "'"
      .. nearest.hint(kind, KINDS) .. " (the code of an error is the third argument)", 2)
  end
  if getmetatable(value) ~= Error or (kind and value.kind ~= kind) then
    return false
  end
  if code == nil then
    return true
  end
  local wanted = without_suffix(code)
  return wanted ~= nil
    and (without_suffix(value.code) == wanted or without_suffix(value.shape) == wanted)
end

--- Passes a result on; raises the text of the error where there is none.
---
--- It is what assert would be if assert printed tables on every Lua.
---@generic T
---@param result T|nil
---@param err any
---@return T
function M.check(result, err)
  if not result then
    error(err == nil and "ses.check: no result and no error" or tostring(err), 0)
  end
  return result
end

return M
