--- Pages of a result, one after the other, cut where the command line says; with
--- tokens as the AWS CLI writes them.
local cjson = require "cjson"
local core = require "ses.core"
local json = require "ses.cli.json"
local python = require "ses.cli.python"
local tables = require "ses.tables"

local M = {}

-- A token says where a page begins, and how many of its items were shown already;
-- nil: it is a page of which none were.
local function encode_token(token, shown)
  return core.encode_base64(('{"NextToken": %s%s}'):format(token and json.encode(token) or "null",
    shown and (', "boto_truncate_amount": %d'):format(shown) or ""))
end

-- Before there were such tokens, there were the service's own, and "token___shown".
local function decode_old_token(text)
  local token, shown = text:match "^(.-)___(.*)$"
  shown = shown and python.int(shown)
  if shown then
    return token ~= "None" and token or nil, shown
  end
  return text, 0
end

-- The service's token, if it is not the first page, and how many items to leave out;
-- without a number it is no token.
local function decode_token(text)
  local ok, read = pcall(cjson.decode, core.decode_base64(text) or "")
  if not ok or type(read) ~= "table" then
    if text:find "___.*___" then
      return nil
    end
    return decode_old_token(text)
  end
  local token, shown = read.NextToken, read.boto_truncate_amount or 0
  if token == cjson.null then
    token = nil
  end
  local is_token = token == nil or type(token) == "string"
  local is_count = type(shown) == "number" and shown >= 0 and shown % 1 == 0 and shown < 2 ^ 53
  if is_token and is_count then
    return token, math.floor(shown)
  end
end

-- At most so many items, after those that are skipped.
local function slice(items, skip, most)
  local slice_of = {}
  for i = skip + 1, math.min(#items, skip + most) do
    slice_of[#slice_of + 1] = items[i]
  end
  return slice_of
end

local function repeated(token)
  return ("Error during pagination: The same next token was received twice: {'NextToken': %s}")
    :format(python.repr(token))
end

--- Fetches all pages.
---@param call fun(params: table): table|nil, ses.Error|nil
---@param pager {input_token: string, output_token: string, limit: string, items: string}
---@param params table
---@param options {starting_token: string|nil, page_size: integer|nil, max_items: integer|nil}
---@param each fun(page: table): boolean gets each page, with its token; false ends it
---@return boolean|nil done
---@return ses.Error|string|nil resume where done: the token to go on with, if there is more; or
---  what went wrong
function M.run(call, pager, params, options, each)
  params = tables.copy(params)
  local skip = 0
  if options.starting_token then
    params[pager.input_token], skip = decode_token(options.starting_token)
    if skip == nil then
      return nil, "Bad starting token: " .. options.starting_token
    end
  end
  if options.page_size and pager.limit then
    params[pager.limit] = options.page_size
  end
  local left = options.max_items or math.huge
  while true do
    local page, err = call(params)
    if not page then
      return nil, err
    end
    local items = page[pager.items]
    local shown = slice(items or {}, skip, left)
    local is_cut = #shown < #(items or {}) - skip
    page[pager.items] = items and shown
    local asked, token = params[pager.input_token], page[pager.output_token]
    left = left - #shown
    if not each(page) then
      return true
    elseif is_cut then
      return true, encode_token(asked, skip + #shown)
    elseif not token or token == "" then
      return true
    elseif left == 0 then
      return true, encode_token(token)
    elseif token == asked then
      return nil, repeated(token)
    end
    params[pager.input_token], skip = token, 0
  end
end

return M
