--- sesctl emulator: runs a local SES, and steers one that runs.
local arguments = require "ses.cli.arguments"
local nearest = require "ses.nearest"
local output = require "ses.cli.output"

local M = {}

-- The AWS CLI's exit codes.
local OK, USAGE, FAILED = 0, 252, 255
local PORT = 4579

-- More than the clock takes, and a number that JSON can say.
local ENDLESS = 1e15

--- The options, and what each takes; see ses.cli.arguments.
---@type table<string, string>
M.OPTIONS = {
  port = "port", region = "string", verify = "string", ["no-production-access"] = "flag",
  ["max-24-hour-send"] = "number", ["max-send-rate"] = "number", ["no-throttle"] = "flag",
  ["mailbox-size"] = "number", nginx = "string", dns = "server", help = "flag",
}

---@class ses.cli.emulator.Action
---@field takes string[] what its arguments are
---@field region boolean|nil it takes --region

--- What every action takes beside --port, and the request that it is.
---@type table<string, ses.cli.emulator.Action>
M.ACTIONS = {
  verify = {
    takes = { "NAME" }, region = true, method = "POST", call = "identities",
    body = function(positional, options)
      return { identity = positional[1], verify = true, region = options.region }
    end,
  },
  ["mail-from-status"] = {
    takes = { "NAME", "STATUS" }, region = true, method = "POST", call = "identities",
    body = function(positional, options)
      return { identity = positional[1], mail_from_status = positional[2],
               region = options.region }
    end,
  },
  advance = {
    takes = { "SECONDS" }, method = "POST", call = "clock",
    check = function(positional)
      if not positional[1]:find("^%d+%.?%d*$") then
        return "advance: expected a number of seconds, 0 or more, got '" .. positional[1] .. "'"
      end
    end,
    body = function(positional)
      return { advance = math.min(tonumber(positional[1]), ENDLESS) }
    end,
  },
  skew = {
    takes = { "SECONDS" }, method = "POST", call = "clock",
    check = function(positional)
      if not positional[1]:find("^%-?%d+%.?%d*$") then
        return "skew: expected a number of seconds, got '" .. positional[1] .. "'"
      end
    end,
    body = function(positional)
      return { skew = math.max(-ENDLESS, math.min(tonumber(positional[1]), ENDLESS)) }
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

-- What is wrong with the arguments of an action.
local function misuse(name, action, positional, options)
  if #positional ~= #action.takes then
    return name .. " takes " .. (#action.takes == 0 and "no argument"
      or table.concat(action.takes, " "))
  elseif options.port == 0 then
    return "--port: an action needs the port that the emulator listens on"
  end
  local superfluous = {}
  for option in pairs(options) do
    if option ~= "port" and not (option == "region" and action.region) then
      superfluous[#superfluous + 1] = option
    end
  end
  table.sort(superfluous)
  if superfluous[1] then
    return name .. " takes no --" .. superfluous[1]
  end
  return action.check and action.check(positional)
end

local function act(name, positional, options)
  local action = M.ACTIONS[name]
  local fault = misuse(name, action, positional, options)
  if fault then
    return wrong(fault)
  end
  local answer, message, elsewhere = require("ses.cli.emulator_client").call(
    options.port or PORT, action.method, action.call,
    action.body and action.body(positional, options))
  if not answer then
    return failed(message .. (elsewhere and ": add --region " .. elsewhere or ""))
  end
  return action.prints and output.print("sesctl emulator", answer) or OK
end

local function emulator_options(given)
  return {
    region = given.region, verify = given.verify,
    production_access = not given["no-production-access"],
    throttle = not given["no-throttle"], mailbox_size = given["mailbox-size"],
    dns = given.dns,
    quota = { max_24_hour_send = given["max-24-hour-send"],
              max_send_rate = given["max-send-rate"] },
  }
end

local function start(given)
  local options = emulator_options(given)
  -- The options are checked here, where a fault is wrong usage.
  local read, fault = require("ses.emulator.settings").read(options)
  if not read then
    return wrong(fault)
  end
  return failed(require("ses.cli.emulator_host").become(given.port or PORT, given.nginx, options))
end

--- Runs the command.
---@param given string[] its arguments
---@return integer exit code
function M.run(given)
  local options, positional = arguments.parse(given, M.OPTIONS)
  if not options then
    return wrong(positional)
  elseif options.help then
    return output.print("sesctl emulator", require("ses.cli.emulator_help").text())
  end
  local name = table.remove(positional, 1)
  if not name then
    return start(options)
  elseif not M.ACTIONS[name] then
    return wrong("no action is called '" .. name .. "'" .. nearest.hint(name, M.ACTIONS))
  end
  return act(name, positional, options)
end

return M
