--- The options of an emulator, and those that change while it runs: read and
--- checked.
local checks = require "ses.emulator.checks"
local credentials = require "ses.emulator.credentials"
local mx = require "ses.emulator.mx"
local options = require "ses.options"
local tables = require "ses.tables"

local M = {}

--- The key pair of AWS's own examples.
M.ACCESS_KEY_ID = "AKIDEXAMPLE"
M.SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

local MAILBOX_SIZE = 10000

local at_least, one_of = checks.number_from, checks.one_of

local KEY = {
  access_key_id = options.of "string", secret_access_key = options.of "string",
  session_token = options.of "string", expires = at_least(0),
}

local function keys_fault(list, path)
  if type(list) ~= "table" then
    return "expected a list"
  end
  for i, key in ipairs(list) do
    local fault = options.fault(key, KEY, path .. "[" .. i .. "]")
    if not fault and not (key.access_key_id and key.secret_access_key) then
      fault = path .. "[" .. i .. "]: expected access_key_id and secret_access_key"
    end
    if fault then
      return fault, true
    end
  end
end

local QUOTA = { max_24_hour_send = at_least(-1), max_send_rate = at_least(1) }

local ASSUMPTIONS = {
  put_unknown_identity = one_of("NotFoundException", "BadRequestException"),
  v2_daily_quota = one_of("TooManyRequestsException", "LimitExceededException"),
  empty_mail_from_domain = one_of("clear", "reject"),
  behavior_after_disable = one_of("reset", "keep"),
  same_mail_from_domain = one_of("keep", "restart"),
  bulk_not_found = one_of("entries", "call"),
}

local SCHEMA = tables.merged(credentials.SCHEMA, {
  region = options.of "string", keys = keys_fault, verify = one_of("auto", "manual"),
  production_access = options.of "boolean", throttle = options.of "boolean",
  quota = options.table(QUOTA), mailbox_size = at_least(1), time = options.of "function",
  dns = mx.fault,
  assume = options.table(ASSUMPTIONS),
})

local function limits_of(given)
  local production = given.production_access ~= false
  local quota = given.quota or {}
  return {
    production_access = production, throttle = given.throttle ~= false,
    max_24_hour_send = quota.max_24_hour_send or (production and 50000 or 200),
    max_send_rate = quota.max_send_rate or (production and 14 or 1),
  }
end

local ASSUMED = { empty_mail_from_domain = "clear", same_mail_from_domain = "keep" }

--- Adds key pairs; one with the same ID takes the place of the one before.
---@param keys table<string, table> access key ID -> pair
---@param list table[]
function M.add_keys(keys, list)
  for _, key in ipairs(list) do
    keys[key.access_key_id] = { secret_access_key = key.secret_access_key,
                                session_token = key.session_token, expires = key.expires }
  end
end

--- Reads the options of ses.emulator.new.
---@param given table
---@return table|nil options
---@return string|nil fault
function M.read(given)
  local fault = options.fault(given, SCHEMA)
  if fault then
    return nil, fault
  end
  local keys = {}
  M.add_keys(keys, { { access_key_id = M.ACCESS_KEY_ID,
                       secret_access_key = M.SECRET_ACCESS_KEY } })
  M.add_keys(keys, given.keys or {})
  return {
    region = given.region or "us-east-1", keys = keys, verify = given.verify or "auto",
    limits = limits_of(given), mailbox_size = given.mailbox_size or MAILBOX_SIZE,
    assume = tables.merged(ASSUMED, given.assume or {}), credentials = credentials.read(given),
  }
end

--- What is wrong with a list of key pairs, or with one.
---@param given any
---@return table[]|nil list
---@return string|nil fault
function M.read_keys(given)
  local list = type(given) == "table" and given.access_key_id ~= nil and { given } or given
  local fault, complete = keys_fault(list, "keys")
  if not fault and #list == 0 then
    fault, complete = "expected a list of key pairs", false
  end
  if fault then
    return nil, complete and fault or "keys: " .. fault
  end
  return list
end

--- What is wrong with a quota.
---@param given any
---@return string|nil fault
function M.quota_fault(given)
  local fault = options.fault(given, QUOTA, "quota")
  if not fault and next(given) == nil then
    return "quota: expected max_24_hour_send, max_send_rate or both"
  end
  return fault
end

return M
