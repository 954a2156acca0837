-- How far something has come, where there is no terminal.

local core = require "ses.core"
local progress = require "ses.cli.mail_from.progress"

local function with_stderr(fn)
  local written, stderr = {}, io.stderr
  io.stderr = { write = function(_, ...) -- luacheck: ignore 122
    written[#written + 1] = table.concat { ... }
  end }
  local ok, problem = pcall(fn)
  io.stderr = stderr -- luacheck: ignore 122
  assert(ok, problem)
  return table.concat(written)
end

describe("progress of sesctl mail-from", function()
  local now
  local terminal = core.terminal

  setup(function()
    core.terminal = function() end
  end)

  teardown(function()
    core.terminal = terminal
  end)

  local function shown(globals, has_lines)
    now = 0
    return with_stderr(function()
      local bar = progress.new(globals, { verb = "checked", has_lines = has_lines,
        clock = function() return now end })
      assert.is_false(bar:is_bar())
      for done = 0, 5 do
        bar:show(done, 5, "a.example")
        now = now + 4
      end
      bar:clear()
    end)
  end

  it("has a line now and then, of what takes long", function()
    assert.equal("sesctl mail-from: checked 3 of 5\n", shown {})
  end)

  it("has nothing in it that a terminal obeys", function()
    core.terminal = function() return 80 end
    local text = with_stderr(function()
      progress.new({}, { verb = "checked" }):show(0, 1, "\27[31mred\7")
    end)
    core.terminal = function() end
    text = text .. with_stderr(function()
      progress.new({}, { verb = "settled" }):say("\27[31mred")
    end)
    assert.equal("\r[" .. (" "):rep(24) .. "] 0/1 ?[31mred?\27[Ksesctl mail-from: ?[31mred\n",
      text)
  end)

  it("has none beside lines of results, or errors that a program reads", function()
    assert.equal("", shown({}, true))
    assert.equal("", shown { cli_error_format = "json" })
  end)

  it("says each thing once", function()
    local function said(globals)
      return with_stderr(function()
        local bar = progress.new(globals, { verb = "settled" })
        for _, text in ipairs { "a is PENDING", "a is PENDING", "b is PENDING" } do
          bar:say(text)
        end
      end)
    end
    assert.equal("sesctl mail-from: a is PENDING\nsesctl mail-from: b is PENDING\n", said {})
    assert.equal("", said { cli_error_format = "json" })
  end)
end)
