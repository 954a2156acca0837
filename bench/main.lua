--- Measures on the Lua that runs this and writes rows for bench/report.lua to
--- the file that is named: one line each, fields separated by tabs.
--- Usage: main.lua FILE [SECTION...]

local SECTIONS = {
  { "signing", "SigV4, one signature (ratio: to OpenSSL alone)" },
  { "codecs", "Encoding and decoding (ratio: to the library alone, same bytes)" },
  { "calls", "Calls, one at a time (ratio: calls per second, to those of curl alone)" },
  { "concurrent", "Calls, many at a time (ratio: calls per second, to the other's)" },
}

local function is_wanted(name)
  for i = 2, #arg do
    if arg[i] == name then
      return true
    end
  end
  return #arg == 1
end

local function measure(out, name, title)
  io.stderr:write("bench: ", rawget(_G, "jit") and "LuaJIT" or _VERSION, ", ", name, "\n")
  require("bench." .. name).run(function(row)
    out:write(table.concat({
      title, row[1], row[2] and ("%.4g"):format(row[2]) or "",
      row[3] and ("%.4g"):format(row[3]) or "", row.unit or "", row.than or "", row.most or "",
      row.least or "",
    }, "\t"), "\n")
  end)
end

local out = assert(io.open(assert(arg[1], "usage: main.lua FILE [SECTION...]"), "w"))

for _, section in ipairs(SECTIONS) do
  if is_wanted(section[1]) then
    measure(out, section[1], section[2])
  end
end
out:close()
