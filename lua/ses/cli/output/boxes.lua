--- Draws the sections of a table, one below the other, as wide as the widest. Where
--- the terminal is narrower, sections of one row are turned to lists of names and
--- values.
local python = require "ses.cli.python"
local unicode = require "ses.cli.output.unicode"

local M = {}

M.width = unicode.width

local PADDING = 4
local RESET = "\27[0m"
local BRIGHT_BLUE = "\27[1m\27[34m"
local DIM_YELLOW = "\27[2m\27[33m"

--- A section without rows.
---@param title string|nil
---@param level integer how far it is set in
---@return table section rows, columns and headers of text, widths of its columns
function M.section(title, level)
  return { title = title, level = level, rows = {}, headers = {}, widths = {} }
end

local function total_width(section)
  local total = 2
  for _, width in ipairs(section.widths) do
    total = total + width + PADDING
  end
  -- What has no title is as wide as "None", the name of nothing in Python.
  local title = M.width(section.title or "None") + 2
  return math.max(title, total) + 2 * section.level
end

local function widest(sections)
  local width = 0
  for _, section in ipairs(sections) do
    width = math.max(width, total_width(section))
  end
  return width
end

-- The widths of columns that fill a line: what rounding leaves over or takes too
-- much is spread one by one, taken from the left, given from the right.
local function fill(widths, width)
  if #widths == 0 then
    return widths
  end
  local sum, filled, excess = 0, {}, -width
  for _, natural in ipairs(widths) do
    sum = sum + natural + PADDING
  end
  for i, natural in ipairs(widths) do
    filled[i] = python.round(width / sum * (natural + PADDING))
    excess = excess + filled[i]
  end
  while excess ~= 0 do
    local step = excess > 0 and 1 or -1
    for i = 1, #filled do
      local at = step > 0 and i or #filled + 1 - i
      filled[at] = filled[at] - step
      excess = excess - step
      if excess == 0 then
        break
      end
    end
  end
  return filled
end

-- Each header beside its value, for sections of one row.
local function upright(section)
  if #section.rows ~= 1 or #section.headers == 0 then
    return section
  end
  local turned, left, right = M.section(section.title, section.level), 0, 0
  for i, header in ipairs(section.headers) do
    local value = section.rows[1][i]
    turned.rows[i] = { header, value }
    left, right = math.max(left, M.width(header)), math.max(right, M.width(value))
  end
  turned.widths = { left, right }
  return turned
end

local function centered(text, width, left)
  local length = M.width(text)
  local before = math.floor(width / 2) - math.floor(length / 2) - 1
  local after = width - 1 - (#left + before + length)
  return left .. (" "):rep(before) .. text .. (" "):rep(after) .. "|"
end

local function aligned(cell, width, left, color)
  local length = M.width(cell)
  local padding = width >= length + 2 + #left + 1 and 2 or 0
  local rest = (" "):rep(width - #left - padding - length - 1)
  if color then
    cell = BRIGHT_BLUE .. cell .. RESET
  end
  return left .. (" "):rep(padding) .. cell .. rest .. "|"
end

local function rule(widths)
  local parts = {}
  for i, width in ipairs(widths) do
    parts[i] = (i == 1 and "+" or "") .. ("-"):rep(width - (i == 1 and 2 or 1)) .. "+"
  end
  return table.concat(parts)
end

local function row_line(cells, widths, color)
  local parts = {}
  for i, width in ipairs(widths) do
    parts[i] = aligned(cells[i], width, i == 1 and "|" or "", color)
  end
  return table.concat(parts)
end

local function header_line(headers, widths)
  local parts = {}
  for i, header in ipairs(headers) do
    parts[i] = centered(header, widths[i], i == 1 and "|" or "")
  end
  return table.concat(parts)
end

local function draw(section, width, color, line)
  if section.title and section.title ~= "" then
    line(centered(section.title, width, "|"))
    if #section.headers == 0 and #section.rows == 0 then
      line("+" .. ("-"):rep(width - 2) .. "+")
    end
  end
  local widths = fill(section.widths, width)
  if #section.headers > 0 then
    line(rule(widths))
    line(header_line(section.headers, widths))
  end
  if #section.rows > 0 and #widths > 0 then
    line(rule(widths))
    for _, cells in ipairs(section.rows) do
      line(row_line(cells, widths, color))
    end
    line(rule(widths))
  end
end

--- Draws sections.
---@param sections table[] of M.section
---@param terminal integer columns of the terminal
---@param color boolean|nil
---@return string
function M.render(sections, terminal, color)
  local width, out = widest(sections), {}
  if width > terminal then
    local turned = {}
    for i, section in ipairs(sections) do
      turned[i] = upright(section)
    end
    sections, width = turned, widest(turned)
  end
  -- The CLI resets the colours after each piece that it writes.
  local reset = color and RESET or ""
  out[1] = ("-"):rep(width) .. "\n" .. reset
  for _, section in ipairs(sections) do
    local edge = color and DIM_YELLOW .. "|" .. RESET or "|"
    local edges = edge:rep(section.level) .. reset
    draw(section, width - 2 * section.level, color, function(text)
      out[#out + 1] = edges .. text .. reset .. edges .. "\n" .. reset
    end)
  end
  return table.concat(out)
end

return M
