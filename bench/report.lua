--- Prints what bench/main.lua wrote, for one Lua or for two side by side.
--- Usage: report.lua FILE [FILE] NAME [NAME]

local function split(line)
  local fields = {}
  for field in (line .. "\t"):gmatch("([^\t]*)\t") do
    fields[#fields + 1] = field
  end
  return fields
end

local function read(path)
  local rows = {}
  for line in io.lines(path) do
    local f = split(line)
    rows[#rows + 1] = {
      section = f[1], name = f[2], time = tonumber(f[3]), ratio = tonumber(f[4]), unit = f[5],
      than = f[6], most = tonumber(f[7]), least = tonumber(f[8]),
    }
  end
  return rows
end

local FORMATS = {
  ns = function(time) return ("%.0f ns"):format(time * 1e9) end,
  ms = function(time) return ("%.2f ms"):format(time * 1e3) end,
  us = function(time) return ("%.2f us"):format(time * 1e6) end,
  rate = function(time) return ("%.0f/s"):format(1 / time) end,
}

local missed = 0

local function is_missed(row)
  return (row.most and row.ratio > row.most) or (row.least and row.ratio < row.least)
end

local function cells(row)
  if not row.time then
    return ("%19s"):format("")
  end
  local mark = is_missed(row) and "!" or " "
  if is_missed(row) then
    missed = missed + 1
  end
  return ("%11s %6s%s"):format(FORMATS[row.unit](row.time),
    row.ratio and ("%.2f"):format(row.ratio) or "", mark)
end

local function note(row)
  if row.most then
    return ("at most %g"):format(row.most)
  end
  return row.least and ("at least %g"):format(row.least) or row.than
end

local count = #arg / 2
local left, right = read(arg[1]), count == 2 and read(arg[2]) or nil
local section
for i, row in ipairs(left) do
  local other = right and right[i]
  assert(not other or other.name == row.name, "the two files are of different runs")
  if row.section ~= section then
    section = row.section
    print(("\n%s\n%-52s %18s  %18s"):format(section, "", arg[count + 1], arg[count + 2] or ""))
  end
  print(("%-52s %s %s %s"):format(row.name, cells(row), other and cells(other) or "", note(row)))
end
if missed > 0 then
  print(("\nMissed targets, marked with !: %d"):format(missed))
end
