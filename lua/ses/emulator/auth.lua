--- Signature Version 4 and 4A, verified: the canonical request is made anew from
--- what arrived and the client's own list of signed headers.
local core = require "ses.core"
local errors = require "ses.emulator.errors"
local form = require "ses.emulator.form"

local M = {}

local V4 = "AWS4-HMAC-SHA256"
local V4A = "AWS4-ECDSA-P256-SHA256"
local MINUTES = 15
local LONGEST_PRESIGNED = 604800
local MOST_HEADERS = 128

local fault = errors.fault

local MISMATCH = "The request signature we calculated does not match the signature you provided."
  .. " Check your AWS Secret Access Key and signing method."
  .. " Consult the service documentation for details."

local UNKNOWN_KEY = "The security token included in the request is invalid."
local EXPIRED_KEY = "The security token included in the request is expired"

-- What a client claims: {algorithm, credential, signed_headers, signature, time,
-- token, region_set, expires}, from the Authorization header.
local function from_header(request)
  local text = request.headers.authorization
  local algorithm, rest = text:match("^(%S+)%s+(.*)$")
  if algorithm ~= V4 and algorithm ~= V4A then
    return fault("incomplete", "Authorization header does not begin with '" .. V4 .. "'.")
  end
  local parts = {}
  for part in rest:gmatch("[^,]+") do
    local name, value = part:match("^%s*(%a+)=(%S+)%s*$")
    if name then
      parts[name] = value
    end
  end
  local missing = {}
  for _, name in ipairs { "Credential", "Signature", "SignedHeaders" } do
    if not parts[name] then
      missing[#missing + 1] = "Authorization header requires '" .. name .. "' parameter."
    end
  end
  if not request.headers["x-amz-date"] and not request.headers.date then
    missing[#missing + 1] = "Authorization header requires existence of either a 'X-Amz-Date'"
      .. " or a 'Date' header."
  end
  local region_set = request.headers["x-amz-region-set"]
  if algorithm == V4A and not region_set then
    missing[#missing + 1] = "Authorization header requires existence of a 'X-Amz-Region-Set'"
      .. " header."
  end
  if #missing > 0 then
    return fault("incomplete", table.concat(missing, " "))
  end
  return {
    algorithm = algorithm, region_set = region_set,
    credential = parts.Credential, signature = parts.Signature,
    signed_headers = parts.SignedHeaders, token = request.headers["x-amz-security-token"],
    time = request.headers["x-amz-date"] or request.headers.date, query = request.query,
  }
end

local function without_signature(query)
  local kept = {}
  for piece in query:gmatch("[^&]+") do
    if not piece:find("^X%-Amz%-Signature=") then
      kept[#kept + 1] = piece
    end
  end
  return table.concat(kept, "&")
end

-- The same from the query string of a presigned URL.
local function from_query(request)
  local pairs_, broken = form.pairs(request.query)
  if not pairs_ then
    return nil, broken
  end
  local given = {}
  for _, pair in ipairs(pairs_) do
    given[pair[1]] = pair[2]
  end
  for _, name in ipairs { "Algorithm", "Credential", "Signature", "SignedHeaders", "Date",
                          "Expires" } do
    if not given["X-Amz-" .. name] then
      return fault("incomplete", "AWS query-string parameters must include 'X-Amz-" .. name .. "'.")
    end
  end
  local expires = given["X-Amz-Expires"]:match("^%d+$") and tonumber(given["X-Amz-Expires"], 10)
  local algorithm = given["X-Amz-Algorithm"]
  if algorithm ~= V4 and algorithm ~= V4A then
    return fault("incomplete", "X-Amz-Algorithm only supports '" .. V4 .. "'.")
  elseif algorithm == V4A and not given["X-Amz-Region-Set"] then
    return fault("incomplete", "AWS query-string parameters must include 'X-Amz-Region-Set'.")
  elseif not expires or expires > LONGEST_PRESIGNED then
    return fault("incomplete", "X-Amz-Expires is not a number of seconds up to 604800.")
  end
  return {
    algorithm = algorithm, region_set = given["X-Amz-Region-Set"],
    credential = given["X-Amz-Credential"], signature = given["X-Amz-Signature"],
    signed_headers = given["X-Amz-SignedHeaders"], time = given["X-Amz-Date"],
    token = given["X-Amz-Security-Token"], expires = expires,
    query = without_signature(request.query),
  }
end

local function claims_of(request)
  if request.headers.authorization then
    return from_header(request)
  elseif request.query:find("X-Amz-Signature=", 1, true) then
    return from_query(request)
  end
  return fault("missing_token", "Request is missing Authentication Token")
end

-- Whether a region is of a set: a list of names, each of which may end with an
-- asterisk.
local function covers(set, region)
  for name in set:gmatch("[^,%s]+") do
    local start = name:match("^(.*)%*$")
    if name == region or (start and region:sub(1, #start) == start) then
      return true
    end
  end
  return false
end

-- The scope of SigV4A has no region: the one that was asked serves it. What the
-- service says where that one is not of the set is not established.
local function scope_of_set(claims, region)
  local id, date, service, terminator =
    claims.credential:match("^([^/]+)/(%d%d%d%d%d%d%d%d)/([^/]+)/([^/]+)$")
  if not id then
    return fault("incomplete", "Credential must have exactly 4 slash-delimited elements,"
      .. " e.g. keyid/date/service/term.")
  elseif not covers(claims.region_set, region) then
    return fault("mismatch", "Credential should be scoped to a set of regions with '" .. region
      .. "'.")
  end
  return { id = id, date = date, region = region, service = service, terminator = terminator }
end

local function scope_of(claims, own_region)
  if claims.algorithm == V4A then
    return scope_of_set(claims, own_region)
  end
  local id, date, region, service, terminator =
    claims.credential:match("^([^/]+)/(%d%d%d%d%d%d%d%d)/([%w-]+)/([^/]+)/([^/]+)$")
  if not id then
    return fault("incomplete", "Credential must have exactly 5 slash-delimited elements,"
      .. " e.g. keyid/date/region/service/term.")
  end
  return { id = id, date = date, region = region, service = service, terminator = terminator }
end

-- API v1 takes the endpoint's prefix for the service, API v2 does not.
local function check_scope(scope, api)
  local service = api == "sts" and "sts" or "ses"
  if scope.terminator ~= "aws4_request" then
    return fault("mismatch", "Credential should be scoped with a valid terminator: 'aws4_request'.")
  elseif scope.service ~= service and not (api == "ses" and scope.service == "email") then
    return fault("mismatch", "Credential should be scoped to correct service: '" .. service
      .. "'.")
  end
  return true
end

local function contains(list, name)
  return (";" .. list .. ";"):find(";" .. name .. ";", 1, true) ~= nil
end

local function check_signed_headers(claims, request)
  if not contains(claims.signed_headers, "host") then
    return fault("mismatch", "'Host' must be a 'SignedHeader' in the AWS Authorization.")
  elseif not claims.expires then
    local date = request.headers["x-amz-date"] and "x-amz-date" or "date"
    if not contains(claims.signed_headers, date) then
      return fault("mismatch", "'" .. date .. "' must be a 'SignedHeader' in the AWS"
        .. " Authorization.")
    elseif claims.algorithm == V4A and not contains(claims.signed_headers, "x-amz-region-set") then
      return fault("mismatch", "'x-amz-region-set' must be a 'SignedHeader' in the AWS"
        .. " Authorization.")
    end
  end
  return true
end

local function basic(seconds)
  return core.format_time(math.floor(seconds), "basic")
end

local function expired(claims, last, wall)
  if claims.expires then
    return "Signature expired: " .. basic(last) .. " is now earlier than " .. basic(wall)
  end
  return "Signature expired: " .. claims.at .. " is now earlier than "
    .. basic(wall - MINUTES * 60) .. " (" .. basic(wall) .. " - " .. MINUTES .. " min.)"
end

local function check_time(claims, scope, wall)
  local at = core.parse_time(claims.time, "basic") or core.parse_time(claims.time, "http")
  if not at then
    return fault("incomplete", "Date must be in ISO-8601 'basic format'.")
  end
  claims.at = basic(at)
  local window = MINUTES * 60
  local last = claims.expires and at + claims.expires or at + window
  if scope.date ~= claims.at:sub(1, 8) then
    return fault("mismatch", "Date in Credential scope does not match YYYYMMDD from ISO-8601"
      .. " version of date from HTTP: '" .. scope.date .. "' != '" .. claims.at:sub(1, 8) .. "'.")
  elseif wall > last then
    return fault("mismatch", expired(claims, last, wall))
  elseif at > wall + window then
    return fault("mismatch", "Signature not yet current: " .. claims.at
      .. " is still later than " .. basic(wall + window) .. " (" .. basic(wall) .. " + "
      .. MINUTES .. " min.)")
  end
  return true
end

local function signed_headers(claims, request)
  local list = {}
  for name in claims.signed_headers:gmatch("[^;]+") do
    if #list == MOST_HEADERS then
      return fault("incomplete", "More than " .. MOST_HEADERS .. " signed headers.")
    end
    list[#list + 1] = { name, request.headers[name] or "" }
  end
  return list
end

local function is_signature(claims, scope, key, expected)
  if claims.algorithm == V4 then
    return core.equal(expected.signature, claims.signature)
  end
  local x, y = core.sigv4a_public_key(scope.id, key.secret_access_key)
  return core.verify_sigv4a(x, y, expected.string_to_sign, claims.signature)
end

local function check_signature(claims, scope, request, key)
  local headers, broken = signed_headers(claims, request)
  if not headers then
    return nil, broken
  end
  local expected, message = core.sigv4 {
    method = request.method, path = request.path, query = claims.query,
    headers = headers, body = request.body,
    region = scope.region, service = scope.service, access_key_id = scope.id,
    secret_access_key = key.secret_access_key, time = claims.at,
    region_set = claims.algorithm == V4A and claims.region_set or nil,
  }
  if not expected then
    return fault("incomplete", message)
  elseif not is_signature(claims, scope, key, expected) then
    return fault("mismatch", MISMATCH .. "\n\nThe Canonical String for this request should have"
      .. " been\n'" .. expected.canonical_request .. "'\n\nThe String-to-Sign should have been\n'"
      .. expected.string_to_sign .. "'\n")
  end
  return true
end

--- Verifies a request's signature.
---@param request ses.emulator.Request
---@param api string "ses", "sesv2" or "sts"
---@param keys table<string, table> access key ID -> {secret_access_key=, session_token=, expires=}
---@param wall number what the service takes for wall time, in seconds
---@param region string of a request whose scope has none
---@return table|nil scope {id=, date=, region=, service=}
---@return ses.emulator.Fault|nil
function M.verify(request, api, keys, wall, region)
  local claims, broken = claims_of(request)
  if not claims then
    return nil, broken
  end
  local scope
  scope, broken = scope_of(claims, region)
  if not scope then
    return nil, broken
  end
  local key = keys[scope.id]
  if not key or key.session_token ~= claims.token then
    return fault("unknown_key", UNKNOWN_KEY)
  elseif key.expires and wall >= key.expires then
    return fault("expired_token", EXPIRED_KEY)
  end
  local ok
  ok, broken = check_scope(scope, api)
  if ok then
    ok, broken = check_signed_headers(claims, request)
  end
  if ok then
    ok, broken = check_time(claims, scope, wall)
  end
  if ok then
    ok, broken = check_signature(claims, scope, request, key)
  end
  return ok and scope, broken
end

return M
