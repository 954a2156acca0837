--- The control plane: what a test does to the emulator, over HTTP.
---
---   POST   /_emulator/reset       everything as at the start
---   GET    /_emulator/clock       {"wall", "now", "offset", "skew"} in seconds
---   POST   /_emulator/clock       {"advance": seconds, "skew": seconds}, or one of them
---   GET    /_emulator/mailbox     {"messages": [...], "rendering_failures": [...]}, oldest
---                                 first; raw messages in base64
---   DELETE /_emulator/mailbox     empties both
---   GET    /_emulator/identities  {"identities": [...]} of all regions
---   POST   /_emulator/identities  {"identity", "region", "verify": true, "mail_from_status"}
---   GET    /_emulator/faults      {"faults": [...]}: those that are left
---   POST   /_emulator/faults      a list of faults that replaces them
---   GET    /_emulator/keys        {"keys": [...]}: {"access_key_id", "expires"}
---   POST   /_emulator/keys        a list of key pairs to add, or to put in place of those with
---                                 the same IDs: {"access_key_id", "secret_access_key",
---                                 "session_token", "expires"}
---   GET    /_emulator/credentials {"account", "roles", "instance_role", "metadata", "lifetime",
---                                 "calls": {"imds": {"PutToken": 1}}}: how many requests came
---                                 for each operation of what gives credentials
---   POST   /_emulator/credentials {"roles": {arn: {"external_id", "mfa", "deny", "max_session"}},
---                                 "instance_role", "metadata", "lifetime", "sso_tokens":
---                                 [{"access_token", "expires", "refresh_token",
---                                 "refresh_expires"}]}, or some of them; see
---                                 Emulator:set_credentials
---   GET    /_emulator/quota       {"max_24_hour_send", "max_send_rate"}
---   POST   /_emulator/quota       the same, or one of them
---
--- A call that is refused answers {"error": "...", "elsewhere": "eu-west-1"}; the
--- latter where the identity is in another region. Identities are in API v2's
--- spelling.
---
--- It takes no signature, so that nobody but this machine may use it: a page in
--- a browser sends Origin, and a name that was made to point here is in Host.
local core = require "ses.core"
local admin = require "ses.emulator.admin"
local json = require "ses.emulator.json"

local M = {}

local function answer(status, value)
  return { status = status, body = json.encode(value) .. "\n",
           headers = { ["Content-Type"] = "application/json", ["Cache-Control"] = "no-store" } }
end

local function refuse(status, message, elsewhere)
  return answer(status, { error = message, elsewhere = elsewhere })
end

local function is_loopback(host)
  local name = host:gsub(":%d+$", ""):lower()
  return name == "localhost" or name == "[::1]" or name:find("%.localhost$") ~= nil
    or name:find("^127%.%d+%.%d+%.%d+$") ~= nil
end

local function copy(value)
  if type(value) ~= "table" then
    return value
  end
  local result = {}
  for key, item in pairs(value) do
    result[key] = copy(item)
  end
  return value[1] ~= nil and json.array(result) or result
end

local LISTS = { "to", "cc", "bcc", "reply_to", "recipients", "headers", "attachments" }

-- A mail as the mailbox has it, what it lacks left out.

local function as_json(mail)
  local result = copy(mail)
  for _, name in ipairs(LISTS) do
    result[name] = result[name] and json.array(result[name])
  end
  result.raw = mail.raw and core.encode_base64(mail.raw)
  for _, attachment in ipairs(result.attachments or {}) do
    attachment.data = attachment.data and core.encode_base64(attachment.data)
  end
  return result
end

local routes = {}

-- A route that changes something, and answers what there is then.
local function setting(name, set)
  return function(emulator, given)
    local ok, message = set(emulator, given)
    if not ok then
      return refuse(400, message)
    end
    return routes["GET " .. name](emulator)
  end
end

routes["POST reset"] = function(emulator)
  emulator:reset()
  return answer(200, {})
end

routes["GET clock"] = function(emulator)
  local clock = emulator.clock
  return answer(200, { wall = clock:wall(), now = clock:now(), offset = clock.offset,
                       skew = clock.skew })
end

routes["POST clock"] = function(emulator, given)
  local ok, message = true, nil
  if given.skew ~= nil then
    ok, message = admin.skew(emulator, given.skew)
  end
  if ok and (given.advance ~= nil or given.skew == nil) then
    ok, message = admin.advance(emulator, given.advance)
  end
  if not ok then
    return refuse(400, message)
  end
  return routes["GET clock"](emulator)
end

routes["GET mailbox"] = function(emulator)
  local messages = {}
  for i, mail in ipairs(emulator:mailbox()) do
    messages[i] = as_json(mail)
  end
  local failures = copy(emulator:rendering_failures())
  return answer(200, { messages = json.array(messages),
                       rendering_failures = json.array(failures) })
end

routes["DELETE mailbox"] = function(emulator)
  emulator:empty_mailbox()
  return answer(200, {})
end

routes["GET identities"] = function(emulator)
  return answer(200, { identities = json.array(emulator:identities()) })
end

routes["POST identities"] = function(emulator, given)
  local region = given.region
  if type(given.identity) ~= "string" or (region and type(region) ~= "string") then
    return refuse(400, "identity and region: expected strings")
  elseif given.verify ~= true and given.mail_from_status == nil then
    return refuse(400, 'expected "verify": true, or "mail_from_status"')
  end
  local ok, message, elsewhere = true, nil, nil
  if given.verify == true then
    ok, message, elsewhere = admin.verify(emulator, given.identity, region)
  end
  if ok and given.mail_from_status ~= nil then
    ok, message, elsewhere = admin.set_mail_from_status(emulator, given.identity,
                                                        given.mail_from_status, region)
  end
  return ok and answer(200, {}) or refuse(400, message, elsewhere)
end

routes["GET faults"] = function(emulator)
  return answer(200, { faults = json.array(copy(emulator:faults())) })
end

routes["POST faults"] = setting("faults", admin.set_faults)

routes["GET keys"] = function(emulator)
  return answer(200, { keys = json.array(admin.keys(emulator)) })
end

routes["POST keys"] = setting("keys", admin.set_keys)

routes["GET credentials"] = function(emulator)
  return answer(200, admin.credentials(emulator))
end

routes["POST credentials"] = setting("credentials", admin.set_credentials)

routes["GET quota"] = function(emulator)
  local limits = emulator.state.limits
  return answer(200, { max_24_hour_send = limits.max_24_hour_send,
                       max_send_rate = limits.max_send_rate })
end

routes["POST quota"] = setting("quota", admin.set_quota)

local function parameters(request)
  if not request.body:find("%S") then
    return {}
  end
  local value, message = json.decode(request.body)
  if type(value) ~= "table" then
    return nil, message and "the body is not JSON: " .. message or "expected a JSON object"
  end
  return value
end

--- Answers a request to the control plane.
---@param emulator table
---@param request ses.emulator.Request
---@return table response
function M.handle(emulator, request)
  if request.headers.origin or not is_loopback(request.headers.host or "") then
    return refuse(403, "the control plane answers programs on this machine only: the Host header"
      .. " must be a loopback name, and there must be no Origin header")
  end
  local name = request.path:match("^/_emulator/([%l]+)$")
  local route = name and routes[request.method .. " " .. name]
  if not route then
    return refuse(404, "no such call: " .. request.method .. " " .. request.path)
  end
  local given, message = parameters(request)
  if not given then
    return refuse(400, message)
  end
  return route(emulator, given)
end

return M
