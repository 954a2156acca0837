--- sesctl ses ... and sesctl sesv2 ...: an operation as a command, as the AWS CLI has
--- it. What few commands need is loaded for those: starting is most of their time.
local argparse = require "ses.cli.argparse"
local connection = require "ses.cli.connection"
local core = require "ses.core"
local document = require "ses.cli.document"
local failure = require "ses.cli.failure"
local formats = require "ses.cli.format"
local globals_of = require "ses.cli.globals"
local names = require "ses.cli.names"
local output = require "ses.cli.output"
local requests = require "ses.cli.request"
local results = require "ses.cli.result"

local M = {}

-- Adds a page to those before it: lists are continued, all else is the first page's.
local function merge(whole, page, pager)
  local items = whole and page[pager.items]
  if items then
    whole[pager.items] = whole[pager.items] or {}
    for i = 1, #items do
      table.insert(whole[pager.items], items[i])
    end
  end
  return whole or page
end

local Run = {}
Run.__index = Run

-- Shows a document; false: nothing more can be shown.
function Run:show_document(value)
  local found, message = self.query(value)
  if message then
    self.fault = message
    return false
  end
  return self.formatter:page(found)
end

-- Shows a result in the same way.
function Run:show(result)
  return self:show_document(results.document(self.service, self.operation, result,
    self.kept.body))
end

-- By format: what is done with each page, and with the token to go on with. Only
-- yaml-stream shows the service's own tokens.
local pages = {}

pages["yaml-stream"] = {
  add = Run.show,
  finish = function() end,
}

pages.text = {
  add = function(self, page)
    page[self.pager.output_token] = nil
    return self:show(page)
  end,
  finish = function(self, resume)
    if resume then
      local token = document.set(document.object(), "NextToken", resume)
      self:show_document(document.set(document.object(), "NextToken", token))
    end
  end,
}

pages.merged = {
  add = function(self, page)
    page[self.pager.output_token] = nil
    self.whole = merge(self.whole, page, self.pager)
    return true
  end,
  finish = function(self, resume)
    local value = results.document(self.service, self.operation, self.whole, self.kept.body)
    if resume then
      value = document.set(value or document.object(), "NextToken", resume)
    end
    self:show_document(value)
  end,
}

local PAUSE = 1 -- second, in which AWS grants one call of those that list

-- Fetches a page. Pages are fetched as fast as they come, until that is too fast.
function Run:fetch(params)
  local result, err = self.client:call(self.operation, params)
  if not result and err.throttled and self.has_page and not self.is_paced then
    self.is_paced = true
    connection.pause(PAUSE)
    self.client = connection.open(self.service, self.globals, self.kept, true) or self.client
    result, err = self.client:call(self.operation, params)
  end
  self.has_page = result ~= nil
  return result, err
end

function Run:all_pages(read)
  local way = pages[self.format] or pages.merged
  local done, err = require("ses.cli.paging").run(function(params)
    return self:fetch(params)
  end, self.pager, read.params, read.given.paging or {}, function(page)
    return way.add(self, page)
  end)
  if done then
    way.finish(self, err)
  end
  return done, err
end

function Run:one(read)
  local result, err = self.client:call(self.operation, read.params)
  if result then
    self:show(result)
  end
  return result ~= nil, err
end

function Run:finish()
  local ok, message = not self.fault, self.fault
  if ok then
    ok, message = self.formatter:finish()
  end
  if not ok then
    return failure.tell({ message = message, rc = failure.GENERAL }, self.globals)
  end
  return failure.OK
end

-- Makes the call, or shows what it would give.
local function act(run, read, globals)
  if read.given.skeleton == "output" then
    run:show_document(require("ses.cli.skeleton").output_document(run.service, run.operation))
    return run:finish()
  end
  local err
  run.client, err = connection.open(run.service, globals, run.kept)
  local done
  if run.client then
    local go = read.given.paginate and run.all_pages or run.one
    done, err = go(run, read)
  end
  if done then
    return run:finish()
  elseif type(err) == "string" then
    return failure.tell({ message = err, rc = failure.GENERAL }, globals)
  end
  return failure.tell(failure.of_error(err, globals, {
    service = run.service, operation = run.operation, document = read.given.document,
  }), globals)
end

local function run_operation(service, operation, argv, globals)
  local read, code = requests.read(service, operation, argv, globals, function()
    return require("ses.cli.service_help").operation(service, operation)
  end)
  if not read then
    return code
  end
  local format, message = globals_of.setting(globals, "output")
  if not format then
    return failure.tell({ message = message, rc = failure.GENERAL }, globals)
  end
  local pager = core.operation(service, operation).pager
  return act(setmetatable({
    service = service, operation = operation, pager = pager,
    query = formats.query(globals.expression),
    globals = globals, kept = {}, format = format,
    formatter = formats.new(globals, format, operation, pager ~= nil),
  }, Run), read, globals)
end

--- Runs a command of a service.
---@param service string "ses" or "sesv2"
---@param argv string[] what follows the service's name, without what is in globals
---@param globals ses.cli.Globals
---@return integer exit code
function M.run(service, argv, globals)
  local line = assert(argparse.command({}, argv))
  local command, operations = line.command, names.operations(service)
  if command == "help" or not command and globals.help then
    return output.print("sesctl", require("ses.cli.service_help").service(service))
  elseif not command then
    return failure.tell_usage("the following arguments are required: operation", globals)
  elseif command == "wait" then
    return require("ses.cli.wait").run(service, line.rest, globals)
  elseif not operations[command] then
    return failure.tell_usage("argument operation: "
      .. argparse.choice_fault(command, names.commands(service)), globals)
  end
  return run_operation(service, operations[command], line.rest, globals)
end

return M
