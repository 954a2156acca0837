-- examples/openresty, run as its run.sh does.

local cjson = require "cjson"
local curl = require "ses.transport.curl"
local emulator_client = require "ses.cli.emulator_client"
local hosts = require "spec.support.emulator_host"
local files = require "spec.support.files"
local shell = require "spec.support.shell"

local M = {}

local Example = {}
Example.__index = Example

---@class spec.Change a text of a file that is replaced
---@field file string
---@field from string
---@field to string

--- SES's pace, pages that are a moment old, and how often one may look at them,
--- would make each case wait.
---@type spec.Change[]
M.QUICK = {
  { file = "lua/mailer.lua", from = "rate = { max_wait = 5 }", to = "rate = false" },
  { file = "lua/domains.lua", from = "RECENT = 3", to = "RECENT = 0.1" },
  { file = "lua/signup.lua", from = '"look", 30', to = '"look", 100000' },
  { file = "static/page.js", from = "FIRST_DELAY = 3000", to = "FIRST_DELAY = 300" },
}

-- A copy of the example.
local function copy(changes)
  local root = shell.run("mktemp -d"):match("^[^\n]+")
  shell.run("mkdir " .. root .. "/examples && cp -r examples/openresty " .. root .. "/examples"
    .. " && ln -s \"$PWD/mk\" " .. root .. "/mk")
  for _, change in ipairs(changes) do
    local path = root .. "/examples/openresty/" .. change.file
    local text = files.content(path)
    local first, last = text:find(change.from, 1, true)
    assert(first, change.file .. " has no " .. change.from)
    files.write(path, text:sub(1, first - 1) .. change.to .. text:sub(last + 1))
  end
  return root
end

--- Starts it, with an emulator that neither throttles nor verifies by itself.
---@param changes spec.Change[]
---@return table example with url
function M.start(changes)
  local root = copy(changes)
  local folder = shell.run("mktemp -d"):match("^[^\n]+")
  -- A process group of its own is what Ctrl-C ends.
  local pipe = assert(io.popen("TMPDIR=" .. folder .. " EMULATOR='--no-throttle --verify manual';"
    .. " export TMPDIR EMULATOR; unset PORT; echo $$; exec setsid sh " .. root
    .. "/examples/openresty/run.sh 2>" .. folder .. ".err"))
  local self = setmetatable({ root = root, folder = folder, pipe = pipe, pid = pipe:read("*l"),
                              transport = curl.new(), said = "" }, Example)
  for line in pipe:lines() do
    self.said = self.said .. line .. "\n"
    if line:find("^Ctrl%-C") then
      self.url = self.said:match("(http://127%.0%.0%.1:%d+)/\n")
      self.port = tonumber(self.said:match("%-%-port (%d+)\n"))
      return self
    end
  end
  error("run.sh did not start: " .. files.content(folder .. ".err"), 2)
end

--- Calls the emulator's control plane.
---@return table answer
function Example:control(method, name, body)
  return cjson.decode((assert(emulator_client.call(self.port, method, name, body))))
end

--- Makes an identity verified, or moves the status of its MAIL FROM domain.
function Example:set(identity, mail_from_status)
  self:control("POST", "identities", { identity = identity, mail_from_status = mail_from_status,
    verify = not mail_from_status or nil })
end

--- Gives the next calls of an operation of SES another answer.
---@param fault table see ses.emulator.control
function Example:break_next(fault)
  fault.service = "sesv2"
  self:control("POST", "faults", fault)
end

--- The mails of a subject.
---@return table[]
function Example:mails(subject)
  local found = {}
  for _, mail in ipairs(self:control("GET", "mailbox").messages) do
    if mail.subject == subject then
      found[#found + 1] = mail
    end
  end
  return found
end

--- Ends it as Ctrl-C does, and waits until nothing is left.
---@return string errors what it said on standard error
function Example:stop()
  shell.run("kill -INT -" .. self.pid)
  self.pipe:read("*a")
  self.pipe:close()
  self.transport:close()
  hosts.wait_for(function()
    return shell.run("pgrep -af " .. self.folder .. " | grep -v pgrep") == ""
      and shell.run("ls -A " .. self.folder) == ""
  end, "the end of all processes and files of the example")
  local said = files.content(self.folder .. ".err")
  os.remove(self.folder .. ".err")
  shell.run("rm -rf " .. self.folder .. " " .. self.root)
  return said
end

return M
