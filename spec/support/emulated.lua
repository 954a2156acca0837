-- An emulator to talk to: through clients, and with requests signed by hand.

local core = require "ses.core"
local emulators = require "ses.emulator"
local ses = require "ses"

local M = {}

M.ID = "AKIDEXAMPLE"
M.SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
M.HOST = "127.0.0.1:4579"

-- A time of day that stands still: 2027-01-15T08:00:00Z.
M.TIME = 1800000000

--- An emulator on a clock that stands still, and a client of each API.
---@param options table|nil of ses.emulator.new
---@param client_options table|nil of ses.client
---@return table emulator
---@return table v1
---@return table v2
function M.new(options, client_options)
  local given = { time = function()
    return M.TIME
  end, throttle = false }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  local emulator = emulators.new(given)
  -- What the emulator answers is to be seen as it is.
  local for_client = { transport = emulator:transport(), rate = false, retry = { mode = "off" } }
  for name, value in pairs(client_options or {}) do
    for_client[name] = value
  end
  return emulator, assert(ses.client("ses", for_client)), assert(ses.client("sesv2", for_client))
end

local function sorted_names(headers)
  local names = {}
  for name in pairs(headers) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

--- Headers of a signed request; all that are given are signed.
---@param given table {method=, target=, headers=, body=, id=, secret=, region=, region_set=,
---  service=, time=}; with region_set it is SigV4A's
---@return table headers
function M.sign(given)
  local headers = { host = M.HOST, ["x-amz-region-set"] = given.region_set,
                    ["x-amz-date"] = core.format_time(given.time or M.TIME, "basic") }
  for name, value in pairs(given.headers or {}) do
    headers[name] = value
  end
  local list, names = {}, sorted_names(headers)
  for i, name in ipairs(names) do
    local value = headers[name]
    list[i] = { name, type(value) == "table" and table.concat(value, ",") or value }
  end
  local path, query = given.target:match("^([^?]*)%??(.*)$")
  local signed = core.sigv4 {
    method = given.method, path = path, query = query, headers = list, body = given.body or "",
    region = given.region or "us-east-1", region_set = given.region_set,
    service = given.service or "ses",
    access_key_id = given.id or M.ID, secret_access_key = given.secret or M.SECRET,
    time = headers["x-amz-date"],
  }
  headers.authorization = signed.authorization
  return headers
end

--- Sends a request signed by hand; change alters its headers afterwards.
---@param emulator table
---@param given table see M.sign
---@param change (fun(headers: table))|nil
---@return table response
function M.send(emulator, given, change)
  local headers = M.sign(given)
  if change then
    change(headers)
  end
  return emulator:handle { method = given.method, target = given.target, headers = headers,
                           body = given.body }
end

--- A request of API v1 by its form.
---@param form string
---@param more table|nil further fields
---@return table
function M.v1(form, more)
  local given = { method = "POST", target = "/", body = form,
                  headers = { ["content-type"] = "application/x-www-form-urlencoded" } }
  for name, value in pairs(more or {}) do
    given[name] = value
  end
  return given
end

--- A request of API v2.
---@param method string
---@param target string
---@param body string|nil JSON
---@param more table|nil further fields
---@return table
function M.v2(method, target, body, more)
  local given = { method = method, target = target, body = body,
                  headers = { ["content-type"] = "application/json" } }
  for name, value in pairs(more or {}) do
    given[name] = value
  end
  return given
end

--- The code and the message of an error response, of either API.
---@param response table
---@return string|nil code
---@return string|nil message
function M.error(response)
  if response.headers["Content-Type"] == "text/xml" then
    return response.body:match("<Code>(.-)</Code>"), response.body:match("<Message>(.-)</Message>")
  end
  return response.headers["x-amzn-ErrorType"], response.body:match('"message":"(.*)"}$')
end

return M
