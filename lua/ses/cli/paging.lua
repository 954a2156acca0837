--- Pages of a result, one after the other, cut where the command line says; with
--- tokens as the AWS CLI writes them.
local cjson = require "cjson"
local core = require "ses.core"
local tables = require "ses.tables"

local M = {}

-- A token says where the next page begins, and how many of its items were shown
-- already.
local function encode_token(token, shown)
  local text = ('{"NextToken": %s%s}'):format(token and cjson.encode(token) or "null",
    shown > 0 and (', "boto_truncate_amount": %d'):format(shown) or "")
  return core.encode_base64(text)
end

local function decode_token(text)
  local plain = core.decode_base64(text)
  local ok, read = pcall(cjson.decode, plain or "")
  if not ok or type(read) ~= "table" then
    return nil
  end
  return read.NextToken ~= cjson.null and read.NextToken or nil,
    tonumber(read.boto_truncate_amount) or 0
end

local function without_first(items, count)
  local rest = {}
  for i = count + 1, #items do
    rest[#rest + 1] = items[i]
  end
  return rest
end

--- Fetches all pages.
---@param call fun(params: table): table|nil, ses.Error|nil
---@param pager {input_token: string, output_token: string, limit: string, items: string}
---@param params table
---@param options {starting_token: string|nil, page_size: integer|nil, max_items: integer|nil}
---@param each fun(result: table): boolean gets each page; false ends it
---@return boolean|nil done
---@return ses.Error|string|nil
function M.run(call, pager, params, options, each)
  params = tables.copy(params)
  local skip = 0
  if options.starting_token then
    local token, shown = decode_token(options.starting_token)
    if shown == nil then
      return nil, "Bad starting token: " .. options.starting_token
    end
    params[pager.input_token], skip = token, shown
  end
  if options.page_size and pager.limit then
    params[pager.limit] = options.page_size
  end
  local left = options.max_items or math.huge
  while true do
    local result, err = call(params)
    if not result then
      return nil, err
    end
    local items = result[pager.items] or {}
    local token = result[pager.output_token]
    result[pager.output_token] = nil
    local shown = without_first(items, skip)
    if #shown > left then
      for i = #shown, left + 1, -1 do
        shown[i] = nil
      end
      result.NextToken = encode_token(params[pager.input_token], skip + left)
      token = nil
    elseif #shown == left and token then
      result.NextToken = encode_token(token, 0)
      token = nil
    end
    left = left - #shown
    if result[pager.items] then
      result[pager.items] = shown
    end
    if not each(result) or not token or token == "" then
      return true
    end
    params[pager.input_token], skip = token, 0
  end
end

return M
