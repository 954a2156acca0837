-- Many callers at once in an nginx worker: the handler of spec/nginx/load_spec.lua.

local bare = require "spec.support.bare_exchange"
local clock = require "ses.resty.clock"
local ngx = require "ngx"
local ses = require "ses"

local M = {}

local CALLERS = 64
local OPERATION = "PutEmailIdentityMailFromAttributes"
local PARAMS = { EmailIdentity = "example.com", MailFromDomain = "bounce.example.com" }

-- What each of them does again and again, by its name; what blocks is the
-- transport for scripts.
local makers = {}

local function client_of(url, transport)
  return ses.check(ses.client("sesv2", {
    endpoint = url, region = "us-east-1", rate = false, transport = transport,
    credentials = { access_key_id = "AKIDEXAMPLE",
                    secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
  }))
end

function makers.bare(url)
  return bare.new(url, bare.wire_of(bare.request_of(client_of(url), OPERATION, PARAMS)))
end

local function caller(url, transport)
  local client = client_of(url, transport)
  return function()
    ses.check(client:call(OPERATION, PARAMS))
  end
end

function makers.client(url)
  return caller(url)
end

function makers.blocking(url)
  return caller(url, require("ses.transport.curl").new())
end

local made = {}

--- Has the callers do what the argument `with` names, for the seconds that the
--- argument `seconds` says, and tells how often they did so in a second:
--- /load?with=client&seconds=0.2
---@param url string of who answers the calls
function M.run(url)
  local args = ngx.req.get_uri_args()
  made[args.with] = made[args.with] or makers[args.with](url)
  local fn, calls = made[args.with], 0
  local began = clock.now()
  local ends = began + tonumber(args.seconds)
  local threads = {}
  for i = 1, CALLERS do
    threads[i] = ngx.thread.spawn(function()
      while clock.now() < ends do
        fn()
        calls = calls + 1
      end
    end)
  end
  for i = 1, CALLERS do
    assert(ngx.thread.wait(threads[i]))
  end
  ngx.print(calls / (clock.now() - began))
end

return M
