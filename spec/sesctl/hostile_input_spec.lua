-- Files that sesctl reads and that are not what they should be.

local curl = require "ses.curl"
local files = require "spec.support.files"
local hosts = require "spec.support.emulator_host"
local sesctl = require "spec.support.sesctl"
local shell = require "spec.support.shell"

local SET = "ses set-identity-mail-from-domain "
local GET = "ses get-identity-mail-from-domain-attributes "

local INVALID = "Error parsing parameter 'cli-input-%s': Invalid %s received."
local NO_JSON, NO_YAML = INVALID:format("json", "JSON"), INVALID:format("yaml", "YAML")
local NO_TEXT = "text contents could not be decoded."
local NO_MAP = "Invalid type: expecting map, received <class '%s'>"

-- Far more than is needed, and far less than there is.
local LITTLE_MEMORY = "ulimit -v 1000000;"

local function utf16(text)
  return "\255\254" .. text:gsub(".", "%0\0")
end

local function listed(count, form)
  local names = {}
  for i = 1, count do
    names[i] = form:format(i)
  end
  return names
end

-- Nine lines that stand for a thousand million values.
local function billion_laughs()
  local lines = { "a0: &a0 [x, x, x, x, x, x, x, x, x, x]" }
  for i = 1, 9 do
    lines[i + 1] = ("a%d: &a%d [%s]"):format(i, i, ("*a" .. i - 1 .. ", "):rep(10):sub(1, -3))
  end
  return table.concat(lines, "\n")
end

describe("sesctl that reads", function()
  local host

  setup(function()
    host = hosts.start("--no-throttle")
  end)

  teardown(function()
    host:stop()
  end)

  -- A command fails with little memory and without a trace of Lua.
  local function refuses(rc, message, words)
    local output, status, errors = sesctl(words, { host = host, before = LITTLE_MEMORY })
    assert.same({ "", rc }, { output, status }, errors:sub(1, 400))
    assert.truthy(errors:find(message, 1, true), errors:sub(1, 400))
    assert.is_nil(errors:find("stack traceback", 1, true))
    assert.is_nil(errors:find(".lua:", 1, true))
    return errors
  end

  describe("JSON", function()
    for name, case in pairs {
      ["nothing"] = { "", NO_JSON },
      ["blanks"] = { " \n", NO_JSON },
      ["a NUL"] = { "\0", NO_JSON },
      ["a NUL in a text"] = { '{"Identity": "a\0b"}', NO_JSON },
      ["a NUL that is escaped"] = { '{"Identity": "a\\u0000b"}', "Identity: contains a NUL byte" },
      ["a byte order mark"] = { '\239\187\191{"Identity": "a.com"}', NO_JSON },
      ["UTF-16"] = { utf16('{"Identity": "a.com"}'), NO_TEXT },
      ["what is no UTF-8"] = { '{"Identity": "\255"}', NO_TEXT },
      ["half of it"] = { '{"Identity": "a.com"', NO_JSON },
      ["more behind it"] = { '{"Identity": "a.com"} x', NO_JSON },
      ["a list"] = { "[]", NO_MAP:format "list" },
      ["null"] = { "null", NO_MAP:format "NoneType" },
      ["100,000 lists in each other"] = { ("["):rep(100000) .. ("]"):rep(100000), NO_JSON },
      ["100,000 objects in each other"] =
        { ('{"Identity":'):rep(100000) .. "1" .. ("}"):rep(100000), NO_JSON },
      ["a number of 100,000 digits"] =
        { '{"Identity": ' .. ("9"):rep(100000) .. "}", "Invalid type for parameter Identity" },
      ["a megabyte of backslashes"] = { '{"Identity": "' .. ("\\"):rep(1000001) .. '"}', NO_JSON },
      ["50,000 members that nobody knows"] =
        { "{" .. table.concat(listed(50000, '"k%d": 1'), ",") .. "}",
          'Unknown parameter in input: "k1", must be one of:' },
    } do
      it("with " .. name .. " refuses it", function()
        refuses(252, case[2], SET .. "--cli-input-json file://" .. files.with(finally, case[1]))
      end)
    end

    it("in which a member comes twice takes the last", function()
      refuses(254, "Identity <b.com> does not exist.", SET .. "--cli-input-json file://"
        .. files.with(finally, '{"Identity": "a.com", "Identity": "b.com"}'))
    end)
  end)

  describe("YAML", function()
    for name, case in pairs {
      ["nothing"] = { "", NO_MAP:format "NoneType" },
      ["a NUL"] = { "Identity: a\0b", NO_YAML },
      ["UTF-16"] = { utf16("Identity: a.com"), NO_TEXT },
      ["what is no UTF-8"] = { "Identity: \255", NO_TEXT },
      ["aliases for a thousand million values"] = { billion_laughs(), NO_YAML },
      ["an alias of itself"] = { "Identity: &a [*a]", NO_YAML },
      ["a key that comes twice"] = { "Identity: a.com\nIdentity: b.com\n", NO_YAML },
      ["100,000 lists in each other"] = { ("["):rep(100000) .. ("]"):rep(100000), NO_YAML },
      ["100,000 dashes"] = { ("- "):rep(100000) .. "x", NO_YAML },
      ["a tag of Python's"] =
        { 'Identity: !!python/object/apply:os.system ["id"]', NO_YAML },
      ["two documents"] = { "Identity: a\n---\nIdentity: b\n", NO_YAML },
      ["a tab"] = { "\tIdentity: a", NO_YAML },
      ["a megabyte of ampersands"] = { ("&"):rep(1000000), NO_YAML },
    } do
      it("with " .. name .. " refuses it", function()
        refuses(252, case[2], SET .. "--cli-input-yaml file://" .. files.with(finally, case[1]))
      end)
    end

    it("with a byte order mark takes it", function()
      refuses(254, "Identity <a.com> does not exist.", SET .. "--cli-input-yaml file://"
        .. files.with(finally, "\239\187\191Identity: a.com"))
    end)
  end)

  describe("a file", function()
    local OPTIONS = { "--cli-input-json", "--cli-input-yaml", "--identity",
                      "--identity x --mail-from-domain" }

    local function each_way(message, path)
      for i, option in ipairs(OPTIONS) do
        local scheme = i % 2 == 0 and "fileb://" or "file://"
        refuses(252, message, SET .. option .. " " .. scheme .. path)
      end
    end

    it("that is not there says so", function()
      each_way("[Errno 2] No such file or directory: '/nowhere/file'", "/nowhere/file")
      each_way("[Errno 2] No such file or directory: ''", "")
    end)

    it("that is a directory says so", function()
      each_way("[Errno 21] Is a directory: '/usr'", "/usr")
    end)

    it("that never ends says so", function()
      each_way("longer than 128 MiB", "/dev/zero")
    end)

    it("whose name is too long says so", function()
      refuses(252, "File name too long", SET .. "--identity file://" .. ("x"):rep(100000))
    end)

    it("that one may not read says so", function()
      local path = files.with(finally, "{}")
      shell.run("chmod 0 " .. path)
      local other = shell.run("id -u") == "0\n" and "setpriv --reuid 65534 --clear-groups" or ""
      if sesctl("--version", { env = other }):sub(1, 6) ~= "sesctl" then
        pending "no other user may run sesctl here"
        return
      end
      local output, status, errors = sesctl(SET .. "--cli-input-json file://" .. path,
        { host = host, env = other })
      assert.same({ "", 252 }, { output, status })
      assert.truthy(errors:find("[Errno 13] Permission denied: '" .. path .. "'", 1, true), errors)
    end)

    it("that is a pipe waits for all of it", function()
      local output, status, errors = sesctl(SET .. "--cli-input-json file://$fifo", {
        host = host, before = "fifo=" .. files.folder(finally) .. "/fifo; mkfifo $fifo; (printf"
          .. " '{\"Identity\":' >$fifo.part; exec >$fifo; cat $fifo.part; sleep 0.2; echo"
          .. " '\"a.com\"}') &" })
      assert.same({ "", 254 }, { output, status })
      assert.truthy(errors:find("Identity <a.com> does not exist.", 1, true), errors)
    end)

    it("of bytes where text belongs shows where, and not all of it", function()
      local path = files.with(finally, ("\0\255"):rep(2000000))
      local errors = refuses(252, "Invalid type for parameter MailFromDomain, value: b'\\x00\\xff",
        SET .. "--identity x --mail-from-domain fileb://" .. path)
      assert.truthy(errors:find("(and more, which is not shown), type: <class 'bytes'>", 1, true))
      assert.is_true(#errors < 100000)
      refuses(252, NO_TEXT, SET .. "--identity x --mail-from-domain file://" .. path)
    end)
  end)

  describe("more identities than a call takes", function()
    local REFUSED = "(MalformedQueryString) when calling the"
      .. " GetIdentityMailFromDomainAttributes operation: More than 10000 parameters"

    local texts = {
      ["--identities"] = function(count)
        return "[" .. table.concat(listed(count, '"user%d@example.com"'), ",") .. "]"
      end,
      ["--cli-input-json"] = function(count)
        return '{"Identities": [' .. table.concat(listed(count, '"user%d@example.com"'), ",")
          .. "]}"
      end,
      ["--cli-input-yaml"] = function(count)
        return "Identities:\n" .. table.concat(listed(count, "- user%d@example.com\n"))
      end,
    }

    for option, text_of in pairs(texts) do
      it("from " .. option .. " sends them, in a time that grows as they do", function()
        local times = {}
        for i, count in ipairs { 11000, 110000 } do
          local path = files.with(finally, text_of(count))
          local begun = curl.now()
          refuses(254, REFUSED, GET .. option .. " file://" .. path)
          times[i] = curl.now() - begun
        end
        assert.is_true(times[2] < 30 * times[1], table.concat(times, " and "))
      end)
    end

    it("says which one has no room", function()
      refuses(252, "Invalid value for parameter Identities[1]: the request would be longer than"
        .. " 48 MiB", GET .. "--cli-input-json file://" .. files.with(finally,
          '{"Identities": ["a", "' .. ("%"):rep(17 * 1024 * 1024) .. '"]}'))
    end)

    it("says what is wrong with the first hundred", function()
      local errors = refuses(252, "Invalid type for parameter Identities[99], value: 1",
        GET .. "--cli-input-json file://" .. files.with(finally,
          '{"Identities": [' .. ("1,"):rep(100000) .. "1]}"))
      assert.is_true(#errors < 100000)
    end)
  end)
end)
