-- The signing suite: requests, contexts and what each step makes of them.

local core = require "ses.core"
local vectors = require "spec.support.vectors"
local wire = require "spec.support.wire"

local M = {}

--- Takes apart a request as text.
---@param text string
---@return {method: string, path: string, query: string, headers: table, body: string}
function M.parse(text)
  local head, body = text:match("^(.-)\n\n(.*)$")
  head = (head or text):gsub("\n+$", "") .. "\n"
  local method, target = head:match("^(%S+) (.-) HTTP/1%.1\n")
  if not method then method, target = head:match("^(%S+) (.-)\n") end
  local headers = {}
  for line in head:gsub("^[^\n]*\n", ""):gmatch("([^\n]*)\n") do
    local name, value = line:match("^([^%s:][^:]*):%s?(.*)$")
    if name then
      headers[#headers + 1] = { name, value }
    else -- a value of several lines
      headers[#headers][2] = headers[#headers][2] .. "\n" .. line
    end
  end
  return { method = method, path = target:match("^[^?]*"), query = target:match("%?(.*)$") or "",
           headers = headers, body = body or "" }
end

--- The first header of that name.
---@param headers table pairs
---@param name string lower case
---@return string?
function M.header(headers, name)
  for _, pair in ipairs(headers) do
    if pair[1]:lower() == name then return pair[2] end
  end
end

--- The cases of a folder, each with `file(name)` and, where it has a context,
--- its settings.
---@param folder string below SES_VECTORS
---@return table[]
function M.cases(folder)
  local cases = {}
  for _, name in ipairs(vectors.list(folder)) do
    local path = folder .. "/" .. name
    local text = vectors.read(path .. "/request.txt")
    if text then
      local case = { name = name, request = M.parse(text) }
      function case.file(file) return vectors.read(path .. "/" .. file .. ".txt") end
      -- Those of SigV4A come with the key that verifies them.
      if vectors.read(path .. "/public-key.json") then
        case.public_key = vectors.json(path .. "/public-key.json")
      end
      if vectors.read(path .. "/context.json") then
        case.context = vectors.json(path .. "/context.json")
        case.time = core.parse_time(case.context.timestamp, "iso8601")
      end
      cases[#cases + 1] = case
    end
  end
  return cases
end

-- What core.sigv4 takes of a case, headers as they are.
local function settings(case)
  local context, request = case.context, case.request
  local headers = {}
  for i, pair in ipairs(request.headers) do headers[i] = pair end
  return {
    method = request.method, path = request.path, query = request.query, body = request.body,
    headers = headers, region = not case.public_key and context.region or nil,
    region_set = case.public_key and context.region, service = context.service, time = case.time,
    access_key_id = context.credentials.access_key_id,
    secret_access_key = context.credentials.secret_access_key,
    normalize = context.normalize,
  }
end

-- The session token that is part of the signature.
local function signed_token(case)
  return not case.context.omit_session_token and case.context.credentials.token or nil
end

--- What core.sigv4 takes for the header form: the headers that a signer adds
--- are among those given.
---@param case table
---@return table
function M.header_form(case)
  local made = settings(case)
  made.headers[#made.headers + 1] = { "X-Amz-Date", core.format_time(case.time, "basic") }
  if made.region_set then
    made.headers[#made.headers + 1] = { "X-Amz-Region-Set", made.region_set }
  end
  if signed_token(case) then
    made.headers[#made.headers + 1] = { "X-Amz-Security-Token", signed_token(case) }
  end
  if case.context.sign_body then
    made.headers[#made.headers + 1] = { "x-amz-content-sha256", core.sha256(case.request.body) }
  end
  return made
end

--- What core.sigv4 takes for the query form.
---@param case table
---@return table
function M.query_form(case)
  local made = settings(case)
  made.session_token = signed_token(case)
  made.expires = case.context.expiration_in_seconds
  return made
end

--- The request, the endpoint and the credentials of a case as core.sign takes
--- them.
---@param case table
---@return table|nil request nil: a map of headers cannot hold those of the case, or the path is
---  to stay as it is
---@return table endpoint
---@return table credentials
function M.expressible(case)
  local context, given = case.context, case.request
  if not context.normalize then return nil end
  local request = { method = given.method, path = given.path, query = given.query, headers = {},
                    body = given.body }
  local host
  for _, pair in ipairs(given.headers) do
    if request.headers[pair[1]] or pair[2]:find("\n") then return nil end
    if pair[1]:lower() == "host" then
      host = pair[2]
    else
      request.headers[pair[1]] = pair[2]
    end
  end
  return request, {
    origin = "https://" .. host, host = host, path = "",
    region_set = case.public_key and context.region,
  }, {
    access_key_id = context.credentials.access_key_id,
    secret_access_key = context.credentials.secret_access_key,
    session_token = signed_token(case),
  }
end

--- The path and the query of a signed request.
---@param signed table
---@param endpoint table
---@return string path
---@return string query
function M.target(signed, endpoint)
  return wire.split(signed.url:sub(#endpoint.origin + 1))
end

--- Headers as sorted lines.
---@param headers table pairs, or a map
---@return string[]
function M.lines(headers)
  local found = {}
  for name, value in pairs(headers) do
    local pair = type(value) == "table" and value or { name, value }
    found[#found + 1] = pair[1]:lower() .. ": " .. pair[2]
  end
  table.sort(found)
  return found
end

return M
