-- A running sesctl emulator, with a scratch folder for the programs that talk
-- to it and an environment that is not the shell's.

local control = require "ses.cli.emulator_client"
local emulators = require "spec.support.emulator_host"
local json = require "ses.emulator.json"
local shell = require "spec.support.shell"
local tree = require "spec.support.tree"

local M = {}

local quote = shell.quote

---@class spec.Host
---@field url string
---@field port integer
---@field folder string the scratch folder
local Host = {}
Host.__index = Host

--- Starts an emulator on a free port.
---@param options string|nil of sesctl emulator
---@return spec.Host
function M.start(options)
  local emulator = emulators.start(options)
  local folder = tree.lines("mktemp -d")[1]
  return setmetatable({
    emulator = emulator, url = emulator.url, port = emulator.port, folder = folder,
  }, Host)
end

--- Stops the emulator. Raises where it leaves a process or a file behind.
---@return string errors what it complained of
function Host:stop()
  os.execute("rm -rf " .. quote(self.folder))
  return self.emulator:stop()
end

--- Calls the control plane.
---@param method string
---@param name string "identities"
---@param body table|nil
---@return table
function Host:control(method, name, body)
  if body and body[1] then
    body = json.array(body)
  end
  return json.decode(assert(control.call(self.port, method, name, body)))
end

--- The messages that were sent.
---@return table[]
function Host:mailbox()
  return self:control("GET", "mailbox").messages
end

--- Writes a file for a program to read.
---@param name string
---@param text string
---@return string path
function Host:write(name, text)
  local path = self.folder .. "/" .. name
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
  return path
end

--- Runs a program with nothing of the shell's environment but PATH.
---@param command string with quotes as the shell needs them
---@param environment table<string, string>|nil further variables
---@return {status: integer, out: string, errors: string}
function Host:run(command, environment)
  local words = { "env -i PATH=\"$PATH\" LC_ALL=C.UTF-8 HOME=" .. quote(self.folder) }
  for name, value in pairs(environment or {}) do
    words[#words + 1] = name .. "=" .. quote(value)
  end
  local out, errors = self.folder .. "/out", self.folder .. "/errors"
  local said = tree.lines(("%s timeout 120 %s >%s 2>%s; echo $?")
    :format(table.concat(words, " "), command, quote(out), quote(errors)))
  return { status = tonumber(said[1]), out = tree.read(out), errors = tree.read(errors) }
end

return M
