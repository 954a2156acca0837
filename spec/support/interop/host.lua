-- sesctl emulator as a process of its own, on a port that nobody uses.

local control = require "ses.cli.emulator_client"
local json = require "ses.emulator.json"
local tree = require "spec.support.tree"
local transports = require "ses.transport"

local M = {}

local PATIENCE = 30

local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a") or ""
  if file then
    file:close()
  end
  return text
end

-- A sanitizer's run-time library is not there in programs that a spec starts:
-- they get the plain build.
local function sesctl()
  local core = tree.shared_object("ses.core")
  return (core:gsub("ses/core%.so$", "bin/sesctl"):gsub("%-asan/bin/", "/bin/"))
end

-- Calls check until it answers; nil where it does not in time.
local function await(check)
  local transport = transports.default()
  local last = transport:now() + PATIENCE
  while transport:now() < last do
    local found = check()
    if found then
      return found
    end
    transport:sleep(0.02)
  end
end

---@class spec.Host
---@field url string
---@field port integer
---@field folder string of its scratch files; clients have folder .. "/home"
local Host = {}
Host.__index = Host

--- Starts an emulator; it also ends with the spec's process.
---@param options string|nil of sesctl emulator
---@return spec.Host
function M.start(options)
  local folder = tree.lines("mktemp -d")[1]
  local pipe = assert(io.popen(("exec sh spec/support/interop/host.sh '%s' '%s' %s")
    :format(folder, sesctl(), options or ""), "w"))
  local ready = await(function()
    local said = read(folder .. "/said")
    return said:find("AWS_SECRET_ACCESS_KEY=%S+\n") and said or read(folder .. "/status")
      :find("%d") and "ended"
  end) or "silent"
  local url, port = ready:match("(http://127%.0%.0%.1:(%d+))")
  if not url then
    pipe:close()
    local errors = read(folder .. "/errors")
    os.execute("rm -rf '" .. folder .. "'")
    error("sesctl emulator did not start: " .. errors)
  end
  return setmetatable({ url = url, port = tonumber(port, 10), folder = folder, pipe = pipe }, Host)
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

--- What a program says, run without anything of the shell's environment.
---@param command string with quotes as the shell needs them
---@param environment table<string, string>|nil further variables
---@return {status: integer, out: string, errors: string}
function Host:run(command, environment)
  local words = { "env -i PATH=\"$PATH\" LC_ALL=C.UTF-8 HOME='" .. self.folder .. "/home'" }
  for name, value in pairs(environment or {}) do
    words[#words + 1] = name .. "='" .. value .. "'"
  end
  local out, errors = self.folder .. "/out", self.folder .. "/err"
  local said = tree.lines(("%s timeout 120 %s >'%s' 2>'%s'; echo $?")
    :format(table.concat(words, " "), command, out, errors))
  return { status = tonumber(said[1]), out = read(out), errors = read(errors) }
end

--- Writes a file that programs can read.
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

local function find(folder)
  return tree.lines("find '" .. folder .. "' -mindepth 1 2>/dev/null")
end

-- Processes that were started with the folder for their temporary files.
local function processes(folder)
  return tree.lines("grep -lsF 'TMPDIR=" .. folder .. "/tmp' /proc/[0-9]*/environ")
end

--- Stops the emulator.
---@return table report {status, errors, processes, files}: its exit status, what it
---  complained of, and what it left behind
function Host:stop()
  self.pipe:close()
  await(function()
    return #processes(self.folder) + #find(self.folder .. "/tmp") == 0
  end)
  local report = {
    status = tonumber(read(self.folder .. "/status")), errors = read(self.folder .. "/errors"),
    processes = processes(self.folder), files = find(self.folder .. "/tmp"),
  }
  os.execute("rm -rf '" .. self.folder .. "'")
  return report
end

--- The report of an emulator that left nothing to complain of.
M.CLEAN = { status = 0, errors = "", processes = {}, files = {} }

return M
