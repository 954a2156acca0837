--- How an operation pages: from botocore's paginators-1.json where that has a
-- word on it, and from the operation's shapes where it has none.

local M = {}

local limits = { "MaxItems", "MaxResults", "PageSize", "Limit" }

local function find(shape, name)
  for _, member in ipairs(shape and shape.members or {}) do
    if member.name == name then return member end
  end
end

local function of_type(shape, name, wanted)
  local member = find(shape, name)
  return member and member.shape.type == wanted
end

local function limit_of(input)
  for _, name in ipairs(limits) do
    if of_type(input, name, "integer") then return name end
  end
end

-- The one list or map of a page.
local function items_of(output)
  local found
  for _, member in ipairs(output.members) do
    if member.shape.type == "list" or member.shape.type == "map" then
      if found then return nil end
      found = member.name
    end
  end
  return found
end

-- A key that the tables can hold: the name of one member.
local function single(key)
  if type(key) == "table" and #key == 1 then key = key[1] end
  if type(key) == "string" then return key end
end

local function from_row(operation, row)
  local result = {
    input_token = single(row.input_token),
    output_token = single(row.output_token),
    limit = row.limit_key,
    items = single(row.result_key),
  }
  if not find(operation.input, result.input_token) or
      not find(operation.output, result.output_token) or
      not find(operation.output, result.items) or
      (result.limit and not find(operation.input, result.limit)) or
      row.more_results then
    return nil, "unsupported: paginator"
  end
  return result
end

--- The pager of a resolved operation.
---@param operation gen.Operation
---@param row? table the operation's row of paginators-1.json
---@return table? pager {input_token, output_token, limit, items}
---@return string? problem
function M.of(operation, row)
  if row then return from_row(operation, row) end
  if not of_type(operation.input, "NextToken", "string") or
      not of_type(operation.output, "NextToken", "string") then
    return nil
  end
  local items = items_of(operation.output)
  if not items then return nil, "no single list to page through" end
  return {
    input_token = "NextToken",
    output_token = "NextToken",
    limit = limit_of(operation.input),
    items = items,
  }
end

return M
