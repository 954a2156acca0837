--- Results that come in pages: all pages of an operation, or the items in them.
local clients = require "ses.client"
local core = require "ses.core"
local errors = require "ses.error"
local names = require "ses.names"
local nearest = require "ses.nearest"
local options = require "ses.options"
local tables = require "ses.tables"

local M = {}

---@class ses.PagesOptions
---@field page_size integer|nil results in a page; nil: as many as the service likes
---@field max_items integer|nil results in all; nil: all there are. Where it ends inside a page,
---  the rest of that page is dropped, and `token` leads past it: with page_size the last page is
---  asked for in the size that is left
---@field starting_token string|nil where an earlier pager was: its `token`
---@field timeout table|nil of each call, with `retry`

---@class ses.Pager
---@field token string|nil where the next page begins; nil before the first and after the last
local Pager = {}
Pager.__index = Pager
Pager.__name = "ses.pager"

local SCHEMA = {
  page_size = options.whole_number, max_items = options.whole_number,
  starting_token = options.of "string",
  timeout = clients.CALL_OPTIONS.timeout, retry = clients.CALL_OPTIONS.retry,
}

local pageables = {}

-- The operations of a service that come in pages, by both of their names.
local function pageable(service)
  local known = pageables[service]
  if known then
    return known
  end
  known = {}
  pageables[service] = known
  for _, name in ipairs(core.service(service).operations) do
    if core.operation(service, name).pager then
      known[name], known[names.snake(name)] = name, name
    end
  end
  return known
end

local function check(client, operation, params, opts)
  local known = pageable(client.service)
  local name = known[operation]
  if not name then
    return ("%s has no operation '%s' that comes in pages%s"):format(client.service,
      tostring(operation), nearest.hint(operation, known))
  elseif params ~= nil and type(params) ~= "table" then
    return "expected a table of parameters, got " .. type(params)
  end
  local fault = options.fault(opts, SCHEMA)
  local pager = core.operation(client.service, name).pager
  if not fault and opts.page_size and not pager.limit then
    fault = "page_size: " .. name .. " has no size of a page"
  end
  return fault, name, pager
end

local function new(client, where, operation, params, opts)
  opts = opts == nil and {} or opts
  local fault, name, fields = check(client, operation, params, opts)
  if fault then
    error(where .. ": " .. fault, 4)
  end
  local copy = tables.deep_copy(params or {})
  return setmetatable({
    client = client, operation = name, params = copy, fields = fields,
    token = opts.starting_token or copy[fields.input_token], left = opts.max_items,
    page_size = opts.page_size,
    call_options = tables.deep_copy { timeout = opts.timeout, retry = opts.retry },
  }, Pager)
end

-- Cuts a page to what is left of max_items.
local function limit(self, page)
  local items = page[self.fields.items] or {}
  if #items >= self.left then
    for i = #items, self.left + 1, -1 do
      items[i] = nil
    end
    self.is_over = true
  end
  self.left = self.left - #items
end

-- The next page; or an error; or, third, a misuse for the caller to raise.
function Pager:step()
  if self.is_over then
    return nil
  elseif not self.client._context then
    return nil, nil, "the client is closed"
  end
  local fields = self.fields
  self.params[fields.input_token] = self.token
  if self.page_size then
    self.params[fields.limit] = math.min(self.page_size, self.left or self.page_size)
  end
  local page, err = self.client:call(self.operation, self.params, self.call_options)
  if not page then
    return nil, err
  end
  local token = page[fields.output_token]
  if token == "" then
    token = nil
  end
  if token ~= nil and token == self.token then
    return nil, errors.new("decode", {
      service = self.client.service, operation = self.operation, code = "RepeatedToken",
      attempts = 1, message = "the service answered with the token that was sent, which would"
        .. " never end",
    })
  end
  self.token, self.is_over = token, token == nil
  if self.left then
    limit(self, page)
  end
  return page
end

local function next_or_raise(self)
  local value, err, fault = self:step()
  if err then
    error(tostring(err), 0)
  elseif fault then
    error("next: " .. fault, 2)
  end
  return value
end

local function next_or_error(self)
  local value, err, fault = self:step()
  if fault then
    error("next: " .. fault, 2)
  end
  return value, err
end

--- The next page.
---
--- After an error the same page is asked for again.
---@type fun(self: ses.Pager): table|nil, ses.Error|nil nil alone: there are no more
Pager.next = next_or_error
Pager.__call = next_or_raise

---@class ses.Items
local Items = {}
Items.__index = Items
Items.__name = "ses.items"
Items.__call = next_or_raise

function Items:step()
  while true do
    self.at = self.at + 1
    local item = self.list[self.at]
    if item ~= nil then
      return item
    end
    local page, err, fault = self.pager:step()
    if not page then
      return nil, err, fault
    end
    self.list, self.at = page[self.pager.fields.items] or {}, 0
  end
end

--- The next item.
---@type fun(self: ses.Items): any, ses.Error|nil nil alone: there are no more
Items.next = next_or_error

--- All pages of an operation, one after another.
---
--- `for page in client:pages(...) do` raises an error as text. `pager:next()`
--- returns it instead, and is what coroutines on PUC Lua 5.1 must use: a `for`
--- cannot be yielded across there.
---@param client table a client of ses.client
---@param operation string in AWS's spelling or in snake_case
---@param params table|nil copied, never kept
---@param opts ses.PagesOptions|nil
---@return ses.Pager
function M.pages(client, operation, params, opts)
  local pager = new(client, "pages", operation, params, opts)
  return pager
end

--- The same of the items in the pages.
---@param client table
---@param operation string
---@param params table|nil
---@param opts ses.PagesOptions|nil
---@return ses.Items
function M.items(client, operation, params, opts)
  return setmetatable({ pager = new(client, "items", operation, params, opts), list = {}, at = 0 },
    Items)
end

return M
