-- Chromium without a window, by its WebDriver (W3C).

local cjson = require "cjson"
local curl = require "ses.transport.curl"
local hosts = require "spec.support.emulator_host"
local shell = require "spec.support.shell"

local M = {}

local ELEMENT = "element-6066-11e4-a52e-4f735466cecf"

local ARGUMENTS = { "--headless=new", "--disable-gpu", "--disable-dev-shm-usage",
                    "--window-size=1000,900" }

--- Why there is no browser here; or nil.
---@return string|nil
function M.missing()
  for _, name in ipairs { "chromium", "chromedriver" } do
    if not shell.has(name) then
      return "there is no " .. name .. " (Debian's packages chromium and chromium-driver)"
    end
  end
end

local Browser = {}
Browser.__index = Browser

-- A command; what it is answered with, or nil and what is wrong.
local function try(self, method, path, body)
  local response = assert(self.transport:send({
    method = method, url = self.url .. path,
    headers = { ["Content-Type"] = "application/json" }, body = body,
  }, self.transport:now() + 60))
  local value = cjson.decode(response.body).value
  if response.status ~= 200 then
    return nil, value.error .. ": " .. value.message
  end
  return value
end

local function command(self, method, path, body)
  local value, message = try(self, method, path, body)
  if message then
    error(message, 3)
  end
  return value
end

local function capabilities()
  local arguments = {}
  for i, argument in ipairs(ARGUMENTS) do
    arguments[i] = argument
  end
  if shell.run("id -u") == "0\n" then
    arguments[#arguments + 1] = "--no-sandbox"
  end
  return cjson.encode { capabilities = { alwaysMatch = {
    browserName = "chrome", ["goog:chromeOptions"] = { args = arguments },
    ["goog:loggingPrefs"] = { browser = "ALL" },
  } } }
end

--- Starts one.
---@return table browser
function M.start()
  local folder = shell.run("mktemp -d"):match("^[^\n]+")
  local pipe = assert(io.popen("TMPDIR=" .. folder .. " HOME=" .. folder
    .. "; export TMPDIR HOME; echo $$; exec chromedriver --port=0 2>&1"))
  local self = setmetatable({ folder = folder, pipe = pipe, pid = pipe:read("*l"),
                              transport = curl.new() }, Browser)
  local port
  repeat
    local line = assert(pipe:read("*l"), "chromedriver did not start")
    port = line:match("started successfully on port (%d+)")
  until port
  self.url = "http://127.0.0.1:" .. port .. "/session"
  self.url = self.url .. "/" .. command(self, "POST", "", capabilities()).sessionId
  return self
end

--- Opens a page.
---@param url string
function Browser:open(url)
  command(self, "POST", "/url", cjson.encode { url = url })
end

--- Where the browser is.
---@return string
function Browser:location()
  return (command(self, "GET", "/url"))
end

local function find(self, selector)
  return command(self, "POST", "/element",
    cjson.encode { using = "css selector", value = selector })[ELEMENT]
end

--- How many elements there are.
---@param selector string of CSS
---@return integer
function Browser:count(selector)
  return #command(self, "POST", "/elements",
    cjson.encode { using = "css selector", value = selector })
end

-- What people can read of an element; or nil and why there is none.
local function text_of(self, selector)
  local element, message = try(self, "POST", "/element",
    cjson.encode { using = "css selector", value = selector })
  if not element then
    return nil, message
  end
  return try(self, "GET", "/element/" .. element[ELEMENT] .. "/text")
end

--- What people can read of an element.
---@param selector string
---@return string
function Browser:text(selector)
  return (assert(text_of(self, selector)))
end

--- An element's property, such as "value".
---@param selector string
---@param name string
---@return any
function Browser:property(selector, name)
  return (command(self, "GET", "/element/" .. find(self, selector) .. "/property/" .. name))
end

--- Types into an element that was empty, or is made so.
---@param selector string
---@param text string
function Browser:type(selector, text)
  local path = "/element/" .. find(self, selector)
  command(self, "POST", path .. "/clear", "{}")
  command(self, "POST", path .. "/value", cjson.encode { text = text })
end

--- Clicks on what leads to another page, and waits for that.
---@param selector string
function Browser:follow(selector)
  local before = find(self, "html")
  command(self, "POST", "/element/" .. find(self, selector) .. "/click", "{}")
  hosts.wait_for(function()
    return not try(self, "GET", "/element/" .. before .. "/name")
  end, "another page")
end

--- Waits until an element has a text, be it on the next page.
---@param selector string
---@param text string
function Browser:wait_for(selector, text)
  hosts.wait_for(function()
    -- While pages change, an element may have been one of the page before.
    return text_of(self, selector) == text
  end, "'" .. text .. "' in " .. selector)
end

--- Runs a function's body in the page.
---@param script string
---@return any
function Browser:run(script)
  return (command(self, "POST", "/execute/sync", '{"args":[],"script":'
    .. cjson.encode(script) .. "}"))
end

--- Makes the window as large as that.
---@param width integer
---@param height integer
function Browser:resize(width, height)
  command(self, "POST", "/window/rect", cjson.encode { width = width, height = height })
end

--- Lets pages run scripts, or not, from the next page on.
---@param may boolean
function Browser:allow_scripts(may)
  command(self, "POST", "/goog/cdp/execute", cjson.encode {
    cmd = "Emulation.setScriptExecutionDisabled", params = { value = not may },
  })
end

--- What the console was told since this was last asked.
---@return string[] messages
function Browser:console()
  local messages = {}
  for i, entry in ipairs(command(self, "POST", "/se/log", '{"type":"browser"}')) do
    messages[i] = entry.level .. " " .. entry.message
  end
  return messages
end

--- Ends it, and waits until nothing is left.
function Browser:stop()
  try(self, "DELETE", "")
  shell.run("kill " .. self.pid)
  self.pipe:read("*a")
  self.pipe:close()
  self.transport:close()
  shell.run("rm -rf " .. self.folder)
end

return M
