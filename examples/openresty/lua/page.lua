--- Pages: the HTML of ../pages, whose {{names}} are filled in.
---
--- Whatever is filled in is text, and is escaped, unless this module made it.
local M = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
                   ["'"] = "&#39;" }

---@class page.Html
local Html = {}

--- A text that is HTML already: one that nobody typed.
---@param text string
---@return page.Html
function M.html(text)
  return setmetatable({ text = text }, Html)
end

-- A text, HTML, or a list of these.
local function markup(value)
  if getmetatable(value) == Html then
    return value.text
  elseif type(value) == "table" then
    local parts = {}
    for i, part in ipairs(value) do
      parts[i] = markup(part)
    end
    return table.concat(parts)
  end
  return (value:gsub("[&<>\"']", ENTITIES))
end

--- A part of a page.
---@param name string of the file
---@return fun(values: table<string, string|page.Html|table>): page.Html
function M.load(name)
  local file = assert(io.open(ngx.config.prefix() .. "pages/" .. name .. ".html"))
  local template = file:read("*a")
  file:close()
  return function(values)
    return M.html((template:gsub("{{([%l_]+)}}", function(key)
      return markup(values[key] or error(name .. ".html: nothing is given for " .. key))
    end)))
  end
end

local layout, notice, refreshing = M.load "layout", M.load "notice", M.load "refreshing"
local field_error = M.load "field_error"

--- What a field of a form says: its value, and what is wrong with it. A page has
--- the placeholders NAME, NAME_invalid and NAME_error for it.
---@param values table<string, any> where they are put
---@param name string
---@param value string
---@param fault string|nil
function M.fill_field(values, name, value, fault)
  values[name] = value
  values[name .. "_invalid"] = M.html(fault and 'aria-invalid="true"' or "")
  values[name .. "_error"] = fault and field_error { name = name, fault = fault } or ""
end

--- What went wrong, to stand above a form; nothing went wrong.
---@param message string|nil
---@return page.Html|string
function M.notice(message)
  return message and notice { message = message } or ""
end

--- Answers with a page.
---@param title string
---@param content page.Html
---@param options {status: integer|nil, retry_after: integer|nil, refreshes: boolean|nil}|nil
function M.send(title, content, options)
  options = options or {}
  ngx.status = options.status or 200
  ngx.header["Content-Type"] = "text/html; charset=utf-8"
  ngx.header["Cache-Control"] = "no-store"
  ngx.header["Retry-After"] = options.retry_after
  ngx.print(layout {
    title = title, content = content,
    head = options.refreshes and refreshing {} or "",
  }.text)
end

--- Answers with a page that says what went wrong.
---@param problem {status: integer, message: string, retry_after: integer|nil}
function M.fail(problem)
  M.send("Error", notice { message = problem.message }, problem)
end

return M
