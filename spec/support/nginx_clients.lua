-- Clients of ses in an nginx worker, one by each name that a request asks for;
-- the handlers of spec/nginx/credentials_spec.lua.

local ngx = require "ngx"
local ses = require "ses"

local M = {}

local PAIR = { access_key_id = "AKIDEXAMPLE",
               secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }

local PROVIDERS = {
  assume_role = function()
    return ses.credentials.assume_role {
      role_arn = "arn:aws:iam::123456789012:role/mailer", source = PAIR,
    }
  end,
  imds = function(url)
    return ses.credentials.imds { endpoint = url, timeout = 5 }
  end,
}

-- What blocks is the transport for scripts.
local TRANSPORTS = {
  cosocket = require("ses.transport").default(),
  blocking = require("ses.transport.curl").new(),
}

local clients = {}

local function client_of(args, url)
  local found = clients[args.client]
  if not found then
    found = { begun = 0, ended = 0, most = 0 }
    found.client = ses.check(ses.client("ses", {
      transport = TRANSPORTS[args.transport or "cosocket"], endpoint = url, region = "us-east-1",
      rate = false, credentials = PROVIDERS[args.provider or "assume_role"](url),
    }, function(name)
      return name == "AWS_ENDPOINT_URL_STS" and url or nil
    end))
    clients[args.client] = found
  end
  return found
end

local function call(args, url)
  local found = client_of(args, url)
  found.begun = found.begun + 1
  found.most = math.max(found.most, found.begun - found.ended)
  local result, err = found.client:get_send_quota({}, {
    timeout = args.total and { total = tonumber(args.total) },
  })
  found.ended = found.ended + 1
  return result and "ok" or tostring(err)
end

--- Makes a call: /call?client=name, and perhaps provider=, transport= and total=, the seconds that
--- it has.
---@param url string the emulator's
function M.call(url)
  ngx.print(call(ngx.req.get_uri_args(), url))
end

--- Leaves in the middle of such a call.
---@param url string
function M.leave(url)
  ngx.thread.spawn(call, ngx.req.get_uri_args(), url)
  ngx.sleep(0.1)
  ngx.exit(ngx.HTTP_NO_CONTENT)
end

--- How many calls of a client were begun, how many ended, and the most that were under way at once.
function M.counts()
  local found = clients[ngx.req.get_uri_args().client]
  ngx.print(found.begun, " ", found.ended, " ", found.most)
end

return M
