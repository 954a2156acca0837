--- sesctl emulator: runs a local SES, and steers one that runs.
local arguments = require "ses.cli.arguments"
local nearest = require "ses.nearest"

local M = {}

local OK, USAGE, FAILED = 0, 252, 255
local PORT = 4579

local USAGE_TEXT = [[
usage: sesctl emulator [options]
       sesctl emulator <action> [--port N] [--region NAME]

Runs a local SES on 127.0.0.1, in the foreground, until SIGTERM or SIGINT.
  --port N                  4579; 0 takes a free one
  --region NAME             us-east-1: of actions that name no region
  --verify auto|manual      manual leaves new identities pending
  --no-production-access    verified recipients only, 200 a day, one a second
  --max-24-hour-send N      recipients in 24 hours; -1: no limit
  --max-send-rate N         recipients a second
  --no-throttle             neither one call a second nor a send rate
  --nginx PATH              the nginx to run

Actions on the emulator that listens on --port:
  verify NAME                       verify an identity
  mail-from-status NAME STATUS      Pending, Success, TemporaryFailure or Failed
  advance SECONDS                   move the clock of lifecycles and quotas
  identities                        print the identities as JSON
  mailbox                           print the messages as JSON
  reset                             forget everything
]]

local OPTIONS = {
  port = "integer", region = "string", verify = "string", ["no-production-access"] = "flag",
  ["max-24-hour-send"] = "number", ["max-send-rate"] = "number", ["no-throttle"] = "flag",
  nginx = "string", help = "flag",
}

-- What every action takes, and the request that it is.
local ACTIONS = {
  verify = {
    takes = { "NAME" }, method = "POST", call = "identities",
    body = function(positional, options)
      return { identity = positional[1], verify = true, region = options.region }
    end,
  },
  ["mail-from-status"] = {
    takes = { "NAME", "STATUS" }, method = "POST", call = "identities",
    body = function(positional, options)
      return { identity = positional[1], mail_from_status = positional[2],
               region = options.region }
    end,
  },
  advance = {
    takes = { "SECONDS" }, method = "POST", call = "clock",
    body = function(positional)
      return { advance = tonumber(positional[1]) }
    end,
  },
  identities = { takes = {}, method = "GET", call = "identities", prints = true },
  mailbox = { takes = {}, method = "GET", call = "mailbox", prints = true },
  reset = { takes = {}, method = "POST", call = "reset" },
}

local function wrong(message)
  io.stderr:write("sesctl emulator: ", message, " (see sesctl emulator --help)\n")
  return USAGE
end

local function failed(message)
  io.stderr:write("sesctl emulator: ", message, "\n")
  return FAILED
end

local function act(name, positional, options)
  local action = ACTIONS[name]
  if #positional ~= #action.takes then
    return wrong(name .. " takes " .. (#action.takes == 0 and "no argument"
      or table.concat(action.takes, " ")))
  end
  local answer, message = require("ses.cli.emulator_client").call(
    options.port or PORT, action.method, action.call,
    action.body and action.body(positional, options))
  if not answer then
    return failed(message)
  end
  if action.prints then
    io.stdout:write(answer)
  end
  return OK
end

local function emulator_options(given)
  return {
    region = given.region, verify = given.verify,
    production_access = not given["no-production-access"],
    throttle = not given["no-throttle"],
    quota = { max_24_hour_send = given["max-24-hour-send"],
              max_send_rate = given["max-send-rate"] },
  }
end

local function start(given)
  local options = emulator_options(given)
  -- The options are checked here, where a fault is wrong usage.
  local ok, message = pcall(require("ses.emulator").new, options)
  if not ok then
    return wrong((message:gsub("^.*ses%.emulator%.new: ", "")))
  elseif given.port and given.port > 65535 then
    return wrong("--port: expected a number up to 65535")
  end
  return failed(require("ses.cli.emulator_host").become(given.port or PORT, given.nginx, options))
end

--- Runs the command.
---@param given string[] its arguments
---@return integer exit code
function M.run(given)
  local options, positional = arguments.parse(given, OPTIONS)
  if not options then
    return wrong(positional)
  elseif options.help then
    io.stdout:write(USAGE_TEXT)
    return OK
  end
  local name = table.remove(positional, 1)
  if not name then
    return start(options)
  elseif not ACTIONS[name] then
    return wrong("no action is called '" .. name .. "'" .. nearest.hint(name, ACTIONS))
  end
  return act(name, positional, options)
end

return M
