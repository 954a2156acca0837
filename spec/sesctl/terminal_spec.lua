-- What sesctl shows on a terminal, and what of it in a pipe.

local cjson = require "cjson"
local hosts = require "spec.support.emulator_host"
local sesctl = require "spec.support.sesctl"
local shell = require "spec.support.shell"
local terminal = require "spec.support.terminal"

local WIDE = [[
-----------------------------------------------------
|                   GetSendQuota                    |
+---------------+---------------+-------------------+
| Max24HourSend |  MaxSendRate  |  SentLast24Hours  |
+---------------+---------------+-------------------+
|  50000.0      |  14.0         |  0.0              |
+---------------+---------------+-------------------+
]]

local NARROW = [[
--------------------------------
|         GetSendQuota         |
+------------------+-----------+
|  Max24HourSend   |  50000.0  |
|  MaxSendRate     |  14.0     |
|  SentLast24Hours |  0.0      |
+------------------+-----------+
]]

local ESC = "\27"

describe("sesctl on a terminal", function()
  local host

  setup(function()
    if not shell.has "script" or not shell.has "stty" then
      return
    end
    host = hosts.start("--no-throttle")
  end)

  teardown(function()
    if host then
      host:stop()
    end
  end)

  local function it_shows(name, fn)
    it(name, function()
      if host then
        fn()
      else
        pending "there is no program script"
      end
    end)
  end

  -- What a terminal shows, and the exit code.
  local function shown(words, columns, env)
    return terminal(host:aimed((env or "TERM=xterm") .. " sesctl " .. words), columns)
  end

  it_shows("turns a table that is too wide, as narrow as the terminal may be", function()
    for _, columns in ipairs { 1, 20, 52 } do
      assert.same({ NARROW, 0 },
        { shown("ses get-send-quota --output table --color off", columns) })
    end
    for _, columns in ipairs { 0, 53, 1000 } do
      assert.same({ WIDE, 0 }, { shown("ses get-send-quota --output table --color off", columns) })
    end
  end)

  it_shows("asks the terminal, and not COLUMNS", function()
    assert.same({ NARROW, 0 },
      { shown("ses get-send-quota --output table --color off", 20, "COLUMNS=200") })
  end)

  it_shows("colours tables, but where it is told not to or the terminal is dumb", function()
    for _, words in ipairs { "", "--color auto", "--color on" } do
      assert.truthy(shown("ses get-send-quota --output table " .. words, 80):find(ESC .. "[1m", 1,
        true))
    end
    assert.equal(WIDE, (shown("ses get-send-quota --output table", 80, "TERM=dumb")))
    for _, format in ipairs { "json", "text", "yaml" } do
      assert.is_nil(shown("ses get-send-quota --output " .. format, 80):find(ESC, 1, true))
    end
    assert.is_nil(shown("ses help", 20):find(ESC, 1, true))
  end)

  it_shows("colours what goes to a pipe only where it is told to", function()
    for _, words in ipairs { "", "--color auto", "--color off" } do
      assert.equal(WIDE, (sesctl("ses get-send-quota --output table " .. words, { host = host })))
    end
    assert.truthy(sesctl("ses get-send-quota --output table --color on", { host = host })
      :find(ESC .. "[1m", 1, true))
  end)

  it_shows("prints help in any width", function()
    local whole = sesctl("ses set-identity-mail-from-domain help")
    for _, columns in ipairs { 0, 1, 20 } do
      assert.same({ whole, 0 }, { shown("ses set-identity-mail-from-domain help", columns) })
    end
  end)

  describe("that gets what would turn it", function()
    -- A control sequence, the same with one character, a bell, a mark that turns the
    -- direction and a delete.
    local SUBJECT = "a" .. ESC .. "[31mb\194\15531mc\7\226\128\174d\127\tß"
    local ESCAPED = [[a\u001b[31mb\u009b31mc\u0007\u202ed\u007f]] .. "\tß"

    setup(function()
      if host then
        sesctl("sesv2 create-email-template --cli-input-json " .. shell.quote(cjson.encode {
          TemplateName = "t", TemplateContent = { Subject = SUBJECT } }), { host = host })
      end
    end)

    local READ = "sesv2 get-email-template --template-name t --query TemplateContent.Subject"

    it_shows("shows it", function()
      assert.equal(ESCAPED .. "\n", (shown(READ .. " --output text", 80)))
      local json = shown(READ .. " --output json", 80)
      assert.equal('"' .. ESCAPED:gsub("\t", "\\t") .. '"\n', json)
      assert.equal(SUBJECT, cjson.decode((json:gsub("\n", ""))))
      assert.is_nil(shown(READ .. " --output yaml", 80):find "[%z\1-\9\11-\31\127]")
      local rows = shown("sesv2 get-email-template --template-name t --output table --color off",
        200)
      assert.truthy(rows:find("||  Subject|  " .. ESCAPED, 1, true), rows)
    end)

    it_shows("gives it to a pipe as it is", function()
      for _, format in ipairs { "text", "table" } do
        local output = sesctl("sesv2 get-email-template --template-name t --output " .. format,
          { host = host })
        assert.truthy(output:find(SUBJECT, 1, true), output)
      end
      local output = sesctl(READ, { host = host })
      assert.equal('"' .. SUBJECT:gsub("[\27\7\t]", { [ESC] = "\\u001b", ["\7"] = "\\u0007",
        ["\t"] = "\\t" }) .. '"\n', output)
    end)

    it_shows("shows it in errors, and gives it to a pipe", function()
      local words = "sesv2 get-email-template --template-name $(printf 'x\\302\\233y')"
      assert.truthy(shown(words, 80):find([[x\u009by]], 1, true))
      local _, _, errors = sesctl(words, { host = host })
      assert.truthy(errors:find("x\194\155y", 1, true))
    end)
  end)
end)
