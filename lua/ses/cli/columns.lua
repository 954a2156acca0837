--- Help in two columns: names, and what they are.
local M = {}

--- Adds words to lines of a width at most, which begin with a margin but for the
--- first.
---@param lines string[]
---@param line string how the first begins
---@param words string
---@param margin string
---@param width integer
function M.fill(lines, line, words, margin, width)
  local is_empty = true
  for word in words:gmatch("%S+") do
    if not is_empty and #line + 1 + #word > width then
      lines[#lines + 1] = line
      line, is_empty = margin, true
    end
    line = line .. (is_empty and "" or " ") .. word
    is_empty = false
  end
  lines[#lines + 1] = line
end

--- Each row and its text, which begins in a column.
---@param list {name: string, takes: string|nil, text: string}[]
---@param dashes string before the names: "--", or ""
---@param column integer
---@return string
function M.rows(list, dashes, column)
  local lines, margin = {}, (" "):rep(column)
  for _, row in ipairs(list) do
    local head = "  " .. dashes .. row.name .. (row.takes and " " .. row.takes or "")
    if #head + 2 > column then
      lines[#lines + 1] = head
      head = ""
    end
    M.fill(lines, head .. (" "):rep(column - #head), row.text, margin, 80)
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
