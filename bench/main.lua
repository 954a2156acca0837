--- Measures on the Lua that runs this and writes rows for bench/report.lua to
--- the file that is named: one line each, fields separated by tabs.
--- Usage: main.lua FILE [SECTION...]; without any, all but those that are alone

local SECTIONS = {
  { "signing", "SigV4, one signature (ratio: to OpenSSL alone)" },
  { "codecs", "Encoding and decoding (ratio: to the library alone, same bytes)" },
  { "calls", "Calls, one at a time (ratio: calls per second, to those of curl alone)" },
  { "concurrent", "Calls, many at a time (ratio: calls per second, to the other's)" },
  { "nginx", "Calls in one nginx worker (ratio: to sockets alone, same bytes)", is_alone = true },
  { "messages", "Large messages in one nginx worker (processor time)", is_alone = true },
}

local function is_wanted(section)
  for i = 2, #arg do
    if arg[i] == section[1] then
      return true
    end
  end
  return #arg == 1 and not section.is_alone
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
  if is_wanted(section) then
    measure(out, section[1], section[2])
  end
end
out:close()
