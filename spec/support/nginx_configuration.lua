-- What clients in a worker say of what they were not given; the job of
-- spec/nginx/configuration_spec.lua.

local cjson = require "cjson"
local http_server_description = require "spec.support.given"
local ses = require "ses"

local M = {}

local PAIR = { access_key_id = "AKIDEXAMPLE",
               secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }

local function described(result, err)
  return result and "ok" or ("%s %s: %s"):format(err.kind, err.code, err.message)
end

local function made(options, getenv)
  options.rate = false
  return described(ses.client("ses", options, getenv))
end

-- What comes of signing.
local function signed(credentials)
  local client, err = ses.client("ses", {
    region = "us-east-1", endpoint = "http://127.0.0.1:1", rate = false,
    credentials = credentials,
  })
  if not client then
    return described(client, err)
  end
  return described(client:get_send_quota({}, { dry_run = true }))
end

local function nobody() end

--- What they say, by what they were asked.
---@return string json
function M.tell()
  local bundle = cjson.decode(http_server_description).ca
  local function with(options)
    options.region, options.credentials = "us-east-1", PAIR
    return made(options)
  end
  return cjson.encode {
    region = made { credentials = PAIR },
    answered = made({ credentials = PAIR }, nobody),
    profile = made { credentials = PAIR, region = "us-east-1", profile = "mailer" },
    credentials = signed(nil),
    environment = signed(ses.credentials.environment()),
    container = signed(ses.credentials.container()),
    bundle = with { ca_bundle = bundle },
    bundle_by_environment = with {},
    bundle_unverified = with { ca_bundle = bundle, verify = false },
    bundle_unread = with { ca_bundle = bundle, endpoint = "http://127.0.0.1:1" },
    secure_proxy = with { proxy = "https://user:secret@proxy.example:3128" },
  }
end

return M
