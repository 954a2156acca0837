-- A running `sesctl emulator`, and the programs that talk to it.

local cjson = require "cjson"
local ses = require "ses"
local assert = require "luassert"
local shell = require "spec.support.shell"

local run = shell.run

local M = {}

local Host = {}
Host.__index = Host

--- Waits until something holds; raises after half a minute.
---@param condition fun(): any
---@param what string
function M.wait_for(condition, what)
  for _ = 1, 600 do
    if condition() then
      return
    end
    os.execute("sleep 0.05")
  end
  error("waited for " .. what .. " in vain", 2)
end

--- A command that runs with the emulator's key pair and region.
---@param command string
---@return string
function M.with_keys(command)
  return "env -u AWS_PROFILE -u AWS_SESSION_TOKEN AWS_ACCESS_KEY_ID=AKIDEXAMPLE"
    .. " AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    .. " AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true "
    .. command
end

--- Starts an emulator on a free port, in a folder for its files alone.
---@param arguments string|nil
---@return table host
function M.start(arguments)
  local folder = run("mktemp -d"):match("^[^\n]+")
  local pipe = assert(io.popen("TMPDIR=" .. folder .. "; export TMPDIR; echo $$;"
    .. " exec sesctl emulator --port 0 " .. (arguments or "") .. " 2>" .. folder .. ".err"))
  local host = setmetatable({ folder = folder, pipe = pipe, pid = pipe:read("*l") }, Host)
  host.greeting = pipe:read("*l")
  if not host.greeting then
    error("sesctl emulator did not start: " .. host:stop(), 2)
  end
  host.port = tonumber(host.greeting:match(":(%d+)$"))
  host.url = "http://127.0.0.1:" .. host.port
  return host
end

--- A client of each API that calls the emulator over HTTP.
---@param host table
---@param options table|nil of ses.client
---@return table v1
---@return table v2
function M.clients(host, options)
  -- What the emulator answers is to be seen as it is.
  local given = { endpoint = host.url, region = "us-east-1", rate = false, retry = { mode = "off" },
    credentials = {
      access_key_id = "AKIDEXAMPLE",
      secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    } }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return assert(ses.client("ses", given)), assert(ses.client("sesv2", given))
end

--- Whether the process runs.
---@return boolean
function Host:runs()
  return select(2, run("kill -0 " .. self.pid)) == 0
end

--- Processes that have the emulator's folder in their arguments.
---@return string
function Host:processes()
  return (run("pgrep -af " .. self.folder .. " | grep -v pgrep"))
end

--- Ends it, and waits until nothing is left.
---@param signal string|nil "TERM"
---@return string errors what it said on standard error
function Host:stop(signal)
  if self.pipe then
    run("kill -" .. (signal or "TERM") .. " " .. self.pid)
    self.rest = self.pipe:read("*a")
    self.pipe:close()
    self.pipe = nil
    M.wait_for(function()
      return self:processes() == "" and run("ls -A " .. self.folder) == ""
    end, "the end of all processes and files of the emulator")
    local file = assert(io.open(self.folder .. ".err"))
    self.errors = file:read("*a")
    file:close()
    os.remove(self.folder .. ".err")
    os.remove(self.folder)
  end
  return self.errors
end

--- The same as M.with_keys.
---@param command string
---@return string
function Host:with_keys(command) -- luacheck: no self
  return M.with_keys(command)
end

--- A command that runs with those, and calls this emulator.
---@param command string
---@return string
function Host:aimed(command)
  return M.with_keys("AWS_ENDPOINT_URL=" .. self.url .. " " .. command)
end

--- Runs an action of sesctl on this emulator.
---@param action string
---@return string output
---@return integer status
function Host:act(action)
  return run("sesctl emulator " .. action .. " --port " .. self.port)
end

--- Has it fail: see the emulator's faults.
---@param fields table
function Host:fault(fields)
  run("curl -sS -X POST " .. self.url .. "/_emulator/faults -d "
    .. shell.quote(cjson.encode(fields)))
end

--- Shows that a call failed.
---@param code string
---@param kind string
---@return table err
function M.failed(code, kind, result, err)
  assert.is_nil(result)
  assert.equal(code, err.code)
  assert.equal(kind, err.kind)
  return err
end

return M
