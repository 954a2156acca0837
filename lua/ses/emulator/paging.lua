--- Pages of things that are kept in the order of their creation.
local core = require "ses.core"

local M = {}

--- A page of a list.
---@param order {number: integer}[] numbers rise
---@param kind string a word of the token's, so that no other list takes it
---@param accept (fun(item: table): boolean)|nil nil: all
---@param limit integer how many at most
---@param token string|nil where the page before ended
---@return table[]|nil page nil: the token is none
---@return string|nil token of the next page
function M.page(order, kind, accept, limit, token)
  local after = 0
  if token then
    local text = core.decode_base64(token)
    after = text and tonumber(text:match("^" .. kind .. " (%d+)$"))
    if not after then
      return nil
    end
  end
  local page = {}
  for _, item in ipairs(order) do
    if item.number > after and (not accept or accept(item)) then
      if #page == limit then
        return page, core.encode_base64(("%s %d"):format(kind, page[limit].number))
      end
      page[#page + 1] = item
    end
  end
  return page
end

--- Takes a thing out of such a list.
---@param order table[]
---@param item table
function M.remove(order, item)
  for i, other in ipairs(order) do
    if other == item then
      table.remove(order, i)
      return
    end
  end
end

return M
