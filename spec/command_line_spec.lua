local command_line = require "ses.command_line"
local random = require "spec.support.random"
local shell = require "spec.support.shell"

local split = command_line.split

describe("command_line.split", function()
  it("splits at blanks", function()
    assert.same({ "a", "b", "c", "d" }, split(" a\tb \r\n c\nd "))
    assert.same({ "program" }, split("program"))
    assert.same({ "/opt/my-tool", "--profile=dev", "#5", "a;b", "|", "$HOME", "*", "~", "`x`" },
                split("/opt/my-tool --profile=dev #5 a;b | $HOME * ~ `x`"))
  end)

  it("keeps what is no blank to it", function()
    assert.same({ "a\vb\fc", "\194\160", "\255" }, split("a\vb\fc \194\160 \255"))
  end)

  it("takes blanks into a word between quotes", function()
    assert.same({ "C:\\Program Files", "a b", 'c "d"' },
                split([['C:\Program Files' "a b" 'c "d"']]))
    assert.same({ "it's", "a\nb" }, split("\"it's\" 'a\nb'"))
  end)

  it("joins the pieces of a word", function()
    assert.same({ "abcd e", "x" }, split([[a'b'"c"d\ e x]]))
  end)

  it("knows empty words", function()
    assert.same({ "p", "", "", "a" }, split([[p '' "" a'']]))
  end)

  it("takes a character after a backslash as it is", function()
    assert.same({ "a b", "\\", "'", '"', "n", "\n" }, split("a\\ b \\\\ \\' \\\" \\n \\\n"))
  end)

  it("knows two backslashes between double quotes, and none between single ones", function()
    assert.same({ [[\]], [["]], [[\n]], [[\ ]], [[\$]], [[\']] },
                split([["\\" "\"" "\n" "\ " "\$" "\'"]]))
    assert.same({ [[\]], [[\"]], [[\\]] }, split([['\' '\"' '\\']]))
  end)

  it("says what is wrong", function()
    for text, message in pairs {
      ["a 'b c"] = "a single quote (') has no end",
      ["a b'"] = "a single quote (') has no end",
      ['a "b c'] = 'a double quote (") has no end',
      ['a "b\\"'] = 'a double quote (") has no end',
      ['a "b\\'] = 'a double quote (") has no end',
      ["a b\\"] = "it ends with a backslash that escapes nothing",
      ["\\"] = "it ends with a backslash that escapes nothing",
      [""] = "it names no program",
      [" \t\r\n"] = "it names no program",
      ["'' a"] = "it names no program",
      ["a\0b"] = "it has a NUL byte",
    } do
      assert.same({ nil, message }, { split(text) }, text)
    end
  end)

  it("agrees with Python", function()
    if not shell.has("python3") then
      pending("there is no python3: command lines are not compared with shlex's")
      return
    end
    local source = random.new(20250101)
    local alphabet = { "a", "b", " ", " ", "\t", "\n", "\r", "'", '"', "\\", "$", "#", "\195\169",
                       "\v" }
    local texts, lines = {}, {}
    for i = 1, 600 do
      texts[i] = source:text(alphabet, 0, 14)
      lines[i] = texts[i]:gsub(".", function(c) return ("%02x"):format(c:byte()) end)
    end
    local input = os.tmpname()
    finally(function() os.remove(input) end)
    local file = assert(io.open(input, "w"))
    file:write(table.concat(lines, "\n"), "\n")
    file:close()
    -- one line for each text: its words in hexadecimal, or "!"
    local output = shell.run("python3 -c " .. shell.quote([[
import shlex, sys
for line in open(sys.argv[1]):
    try:
        words = shlex.split(bytes.fromhex(line).decode())
        print(" ".join("=" + word.encode().hex() for word in words))
    except ValueError:
        print("!")
]]) .. " " .. input)
    local i, refused = 0, 0
    for line in output:gmatch("([^\n]*)\n") do
      i = i + 1
      local words = split(texts[i])
      local ours = "!"
      if words then
        for k, word in ipairs(words) do
          words[k] = "=" .. word:gsub(".", function(c) return ("%02x"):format(c:byte()) end)
        end
        ours = table.concat(words, " ")
      end
      refused = refused + (ours == "!" and 1 or 0)
      -- a line without a program is no error of shlex's
      local theirs = (line == "" or line:find("^=$") or line:find("^= ")) and "!" or line
      assert.equal(theirs, ours, ("%q"):format(texts[i]))
    end
    assert.equal(600, i)
    assert.is_true(refused > 100 and refused < 500, refused)
  end)
end)
