-- Base64, percent-encoding, UTF-8, random bytes, comparison.

local core = require "ses.core"

-- Every byte, in order.
local function all_bytes()
  local bytes = {}
  for i = 0, 255 do bytes[i + 1] = string.char(i) end
  return table.concat(bytes)
end

describe("base64", function()
  -- RFC 4648, section 10
  local published = { [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==",
                      fooba = "Zm9vYmE=", foobar = "Zm9vYmFy" }

  it("is RFC 4648's, there and back", function()
    for plain, text in pairs(published) do
      assert.equal(text, core.encode_base64(plain))
      assert.equal(plain, core.decode_base64(text))
    end
  end)

  it("carries every byte at every length", function()
    local bytes = all_bytes()
    for n = 0, 256 do
      local plain = bytes:sub(1, n)
      local text = core.encode_base64(plain)
      assert.equal(math.ceil(n / 3) * 4, #text)
      assert.equal(plain, core.decode_base64(text))
    end
    assert.truthy(core.encode_base64(bytes):find("+", 1, true))
    assert.truthy(core.encode_base64(bytes):find("/", 1, true))
  end)

  it("skips white space", function()
    assert.equal("foobar", core.decode_base64(" Zm9v\r\n\tYm\nFy "))
    assert.equal("f", core.decode_base64("Zg=\n="))
    assert.equal("", core.decode_base64(" \n"))
  end)

  it("takes nothing else", function()
    for _, text in ipairs {
      "Z", "Zg", "Zg=", "Zm8", "Zm9vY", "=", "==", "====", "Zm9v=", "Zm9v==", "Zm9v====", "Z===",
      "Zg===", "Zm8==", "Zg==Zg==", "Zg==a", "Zm-v", "Zm_v", "Zm9v!", "Zm9v\0", "\255m9v",
    } do
      assert.is_nil(core.decode_base64(text), text)
    end
  end)
end)

describe("percent-encoding", function()
  it("leaves RFC 3986's unreserved characters and no others", function()
    for i = 0, 255 do
      local c = string.char(i)
      local wanted = c:find "^[%w%-%._~]$" and i < 128 and c or ("%%%02X"):format(i)
      assert.equal(wanted, core.encode_percent(c))
    end
  end)

  it("is undone by decoding", function()
    local bytes = all_bytes()
    assert.equal(bytes, core.decode_percent(core.encode_percent(bytes)))
    assert.equal("", core.encode_percent "")
    assert.equal("", core.decode_percent "")
  end)

  it("decodes either case and leaves what is none alone", function()
    assert.equal("\171\205", core.decode_percent "%aB%Cd")
    for _, text in ipairs { "%", "%4", "%4g", "%g4", "100%", "+", "a+b", "%%", "% 1" } do
      assert.equal(text, core.decode_percent(text))
    end
    assert.equal("%A", core.decode_percent "%%41")
    assert.equal("a\0b", core.decode_percent "a%00b")
  end)
end)

-- What RFC 3629 says of a sequence, put another way than in the core.
local function is_utf8(text)
  local i = 1
  while i <= #text do
    local a, b, c, d = text:byte(i, i + 3)
    local function tail(x) return x and x >= 0x80 and x <= 0xBF end
    local code, least
    if a < 0x80 then
      code, least, i = a, 0, i + 1
    elseif a < 0xC0 then
      return false
    elseif a < 0xE0 then
      if not tail(b) then return false end
      code, least, i = (a - 0xC0) * 64 + b - 128, 0x80, i + 2
    elseif a < 0xF0 then
      if not (tail(b) and tail(c)) then return false end
      code, least, i = ((a - 0xE0) * 64 + b - 128) * 64 + c - 128, 0x800, i + 3
    elseif a < 0xF8 then
      if not (tail(b) and tail(c) and tail(d)) then return false end
      code = (((a - 0xF0) * 64 + b - 128) * 64 + c - 128) * 64 + d - 128
      least, i = 0x10000, i + 4
    else
      return false
    end
    if code < least or code > 0x10FFFF or (code >= 0xD800 and code <= 0xDFFF) then
      return false
    end
  end
  return true
end

describe("core.valid_utf8", function()
  it("knows every pair of bytes, and their neighbours", function()
    for a = 0, 255 do
      for b = 0, 255 do
        for _, rest in ipairs { "", "\128", "\128\128", "\191\191", "a" } do
          local text = string.char(a, b) .. rest
          if (core.valid_utf8(text) or false) ~= is_utf8(text) then
            error(("%q is taken for %s"):format(text, tostring(core.valid_utf8(text))))
          end
        end
      end
    end
  end)

  it("says where it ends", function()
    for text, position in pairs {
      ["\255"] = 1, ["a\128"] = 2, ["ab\195"] = 3, ["\195\169\192\175"] = 3, ["a\237\160\128"] = 2,
      ["\240\159\152"] = 1, ["\240\159\152a"] = 1, ["\244\144\128\128"] = 1,
      ["\240\143\191\191"] = 1, ["\224\159\191"] = 1, ["\193\191"] = 1, ["a\0\254"] = 3,
    } do
      local valid, at = core.valid_utf8(text)
      assert.is_nil(valid)
      assert.equal(position, at, ("%q"):format(text))
    end
  end)

  it("takes the edges", function()
    for _, text in ipairs {
      "", "a\0b", "\127", "\194\128", "\223\191", "\224\160\128", "\237\159\191", "\238\128\128",
      "\239\191\191", "\240\144\128\128", "\244\143\191\191",
    } do
      assert.is_true(core.valid_utf8(text), ("%q"):format(text))
    end
  end)
end)

describe("core.random", function()
  it("is as long as it is told, and differs", function()
    for _, n in ipairs { 0, 1, 16, 1024 } do assert.equal(n, #core.random(n)) end
    assert.not_equal(core.random(16), core.random(16))
  end)

  it("raises on any other length", function()
    for _, n in ipairs { -1, 1025, 1.5, 0 / 0, 1 / 0, 1e300, "x" } do
      assert.is_false(pcall(core.random, n))
    end
  end)
end)

describe("core.equal", function()
  it("compares whole strings", function()
    assert.is_true(core.equal("", ""))
    assert.is_true(core.equal("a\0b", "a\0b"))
    for _, pair in ipairs { { "a", "b" }, { "a", "" }, { "a", "ab" }, { "a\0b", "a\0c" } } do
      assert.is_false(core.equal(pair[1], pair[2]))
      assert.is_false(core.equal(pair[2], pair[1]))
    end
  end)
end)
