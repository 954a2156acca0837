--- The role of a container: by the agent of ECS, or EKS Pod Identity.
local document = require "ses.credentials.document"
local fault = require "ses.credentials.fault"
local http = require "ses.credentials.http"
local sets = require "ses.credentials.set"
local tables = require "ses.tables"
local urls = require "ses.url"

local M = {}

local RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
local FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
local TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
local TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"

local AGENT = "http://169.254.170.2"
local NAME = "the credentials endpoint of the container"
local RULES = { timeout = 2, attempts = 3 }

-- Where the token may go in the clear: this machine, ECS, EKS.
local HOSTS = tables.set { "localhost", "[::1]", "169.254.170.2", "169.254.170.23",
                           "[fd00:ec2::23]" }

local function check_url(text, source)
  local path, query = text:match("^([^?]*)%??(.*)$")
  local parsed, reason = urls.parse(path)
  if parsed and query:find("[^A-Za-z0-9%-._~!$&'()*+,;=:@/%%?]") then
    parsed, reason = nil, "the query has a character that must be percent-encoded"
  end
  if not parsed then
    return fault.new("InvalidSetting", source .. " is not a URL that can be used: " .. reason)
  end
  local host = parsed.host:gsub(":%d+$", "")
  if not parsed.origin:find("^https:") and not HOSTS[host] and not host:find("^127%.[%d.]+$") then
    return fault.new("InvalidSetting", ("%s names the host %s; over http only this machine,"
      .. " 169.254.170.2, 169.254.170.23 and [fd00:ec2::23] are asked for credentials")
      :format(source, host))
  end
  return text
end

local function find_url(lookup, options)
  if options.url then
    return check_url(options.url, "the option url")
  end
  local relative = lookup:variable(RELATIVE)
  if relative then
    if relative:sub(1, 1) ~= "/" then
      return fault.new("InvalidSetting", RELATIVE .. " does not begin with '/'")
    end
    return check_url(AGENT .. relative, RELATIVE)
  end
  local full = lookup:variable(FULL)
  if full then
    return check_url(full, FULL)
  end
  return fault.nothing("neither " .. RELATIVE .. " nor " .. FULL .. " is set")
end

-- Read at every fetch: what is in the file changes.
local function find_token(lookup, options)
  local path = options.token_file or lookup:variable(TOKEN_FILE)
  local token, source = lookup:variable(TOKEN), TOKEN
  if path then
    local reason
    source = options.token_file and "the option token_file" or TOKEN_FILE
    token, reason = document.read(path)
    if not token then
      return fault.new("TokenUnreadable", ("the token that %s names cannot be read: %s")
        :format(source, fault.quote(reason)))
    end
  end
  if token and not token:find("^[ -~]+$") then
    return fault.new("InvalidToken", ("the token of %s has a line break or another character that"
      .. " no header can carry"):format(source))
  end
  return token
end

local function read(ctx, response)
  local said = document.json(response.body)
  if response.status ~= 200 then
    local reason = said and (said.message or said.Message or said.code or said.Code)
    return http.refused("ContainerFailed", ("%s gave none (HTTP %d)%s"):format(NAME,
      response.status, reason and ": " .. fault.quote(reason) or ""), response)
  elseif not said then
    return fault.new("ContainerFailed", NAME .. " gave an answer that is no JSON object")
  end
  return sets.new(NAME, {
    access_key_id = said.AccessKeyId, secret_access_key = said.SecretAccessKey,
    session_token = said.Token, expires = said.Expiration,
  }, ctx.transport:time())
end

---@class ses.ContainerOptions
---@field url string|nil where to ask, in place of what the environment says
---@field token_file string|nil a file with what goes into the header Authorization

--- Fetches the credentials of the container's role.
---@param ctx ses.CredentialsContext
---@param options ses.ContainerOptions|nil
---@return ses.CredentialsSet|nil
---@return ses.Error|nil
function M.fetch(ctx, options)
  options = options or {}
  local url, err = find_url(ctx.lookup, options)
  if not url then
    return nil, err
  end
  local token
  token, err = find_token(ctx.lookup, options)
  if err then
    return nil, err
  end
  local response, failure = http.ask(ctx, "GET", url,
    { Accept = "application/json", Authorization = token }, RULES)
  if not response then
    return fault.passing("ContainerFailed", NAME .. " does not answer: " .. http.in_words(failure),
      failure)
  end
  return read(ctx, response)
end

return M
