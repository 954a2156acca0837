--- What requests may be, and what they bring.
local page = require "page"

local M = {}

local visits = ngx.shared.visits

-- Whether a page of another site made the browser send this. Browsers say so; what
-- is no browser has nobody's cookies, and says nothing.
local function is_cross_origin()
  local site, origin = ngx.var.http_sec_fetch_site, ngx.var.http_origin
  if site then
    return site ~= "same-origin" and site ~= "none"
  end
  local host = ngx.var.http_host or ""
  return origin ~= nil and origin:lower():match("^https?://(.*)$") ~= host:lower()
end

-- What a form brings, without white space around it. A field that comes twice, or
-- without a value, is an empty one.
local function read_form()
  local kind = ngx.var.http_content_type or ""
  if not kind:lower():find("^application/x%-www%-form%-urlencoded") then
    return nil, { status = 415, message = "Please use the form." }
  end
  ngx.req.read_body()
  local arguments, err = ngx.req.get_post_args(20)
  if err then
    return nil, { status = 400, message = "The form has too many fields." }
  end
  return setmetatable({}, { __index = function(_, name)
    local value = arguments[name]
    return type(value) == "string" and value:match("^%s*(.-)%s*$") or ""
  end })
end

local function refusal_of_post()
  if is_cross_origin() then
    return { status = 403, message = "Another site sent this form. Please use the one here." }
  end
end

--- Answers by the request's method.
---@param get fun()
---@param post nil|fun(form: table<string, string>) form: a field that did not come is ""
function M.answer(get, post)
  local method = ngx.req.get_method()
  if method == "GET" or method == "HEAD" then
    return get()
  elseif method ~= "POST" or not post then
    ngx.header["Allow"] = post and "GET, HEAD, POST" or "GET, HEAD"
    return page.fail { status = 405, message = "This page cannot do that." }
  end
  local form
  local problem = refusal_of_post()
  if not problem then
    form, problem = read_form()
  end
  if problem then
    return page.fail(problem)
  end
  return post(form)
end

--- Sends the browser to another page, which it gets.
---@param path string
function M.redirect(path)
  ngx.header["Cache-Control"] = "no-store"
  return ngx.redirect(path, 303)
end

-- The visitor's IPv4 address, or network of IPv6: a visitor has a whole one.
local function visitor()
  return ngx.encode_base64(ngx.var.binary_remote_addr:sub(1, 8))
end

--- Counts what a visitor does, and says when it is too often.
---@param what string
---@param most integer so many times ...
---@param seconds integer in such a time
---@return {status: integer, message: string, retry_after: integer}|nil problem
function M.too_often(what, most, seconds)
  local key = what .. " " .. visitor()
  local count = visits:incr(key, 1, 0, seconds)
  if count and count > most then
    local left = math.ceil(visits:ttl(key) or seconds)
    return { status = 429, retry_after = left,
             message = ("That was %d times in a short while. Please try again in %d %s."):format(
               most, math.ceil(left / 60), left <= 60 and "minute" or "minutes") }
  end
end

return M
