-- Values that are bytes, and values that come from files.

local core = require "ses.core"
local document = require "ses.cli.document"
local files = require "spec.support.files"
local interpreter = require "spec.support.interpreter"
local parameters = require "ses.cli.parameters"
local shell = require "spec.support.shell"

local function read_with(globals, command, ...)
  local service, operation = command:match("^(%S+) (%S+)$")
  return parameters.read(service, operation, { ... }, globals)
end

local function params(...)
  local result, err = read_with({}, ...)
  return assert(result, err and err.message).params
end

-- What is refused: kind, exit code and message.
local function refused(...)
  local result, err = read_with({}, ...)
  assert.is_nil(result)
  return err.kind .. " " .. err.rc .. " " .. err.message
end

local SET = "ses SetIdentityMailFromDomain"
local GET = "ses GetIdentityMailFromDomainAttributes"

describe("a blob", function()
  local RAW = "ses SendRawEmail"

  it("is base64, or what it is", function()
    assert.same({ RawMessage = { Data = "hi" } }, params(RAW, "--raw-message", "Data=aGk="))
    assert.same({ RawMessage = { Data = "hi" } }, params(RAW, "--raw-message", "Data='a\nG\tk=!'"))
    assert.same({ RawMessage = { Data = "aGk=" } },
      read_with({ cli_binary_format = "raw-in-base64-out" }, RAW, "--raw-message",
        "Data=aGk=").params)
    assert.equal('general 255 Invalid base64: "aGk"', refused(RAW, "--raw-message", "Data=aGk"))
    assert.equal("general 255 string argument should contain only ASCII characters",
      refused(RAW, "--raw-message", "Data=\195\169"))
  end)

  it("is the bytes of a file", function()
    local path = files.with(finally, "\0\255\r\n")
    assert.same({ RawMessage = { Data = "\0\255\r\n" } },
      params(RAW, "--raw-message", "Data@=fileb://" .. path))
    assert.same({ RawMessage = { Data = "hi" } },
      params(RAW, "--cli-input-yaml", "RawMessage: {Data: !!binary aGk=}"))
  end)
end)

describe("a file", function()
  it("gives text, with its last line break", function()
    local path = files.with(finally, "caf\195\169\r\nb\rc\n")
    assert.equal("caf\195\169\nb\nc\n", params(SET, "--identity", "file://" .. path).Identity)
    assert.same({ "file://" .. path, "b" }, params(GET, "--identities", "file://" .. path,
      "b").Identities)
    assert.equal("file:", params(SET, "--identity", "file:").Identity)
  end)

  it("gives JSON", function()
    local path = files.with(finally, ' ["a", "b"]\n')
    assert.same({ "a", "b" }, params(GET, "--identities", "file://" .. path).Identities)
    files.write(path, '{"Identity": "a"}\n')
    for _, scheme in ipairs { "file://", "fileb://" } do
      assert.same({ Identity = "a" }, params(SET, "--cli-input-json", scheme .. path))
      assert.same({ Identity = "a" }, params(SET, "--cli-input-yaml", scheme .. path))
    end
  end)

  it("is named as in a shell", function()
    local home = assert(os.getenv "HOME")
    for word, path in pairs {
      ["~/no such"] = home:gsub("/+$", "") .. "/no such", ["$HOME/x"] = home .. "/x",
      ["${HOME}x$HOME}"] = home .. "x" .. home .. "}",
        ["a~/$NO_SUCH_NAME/$"] = "a~/$NO_SUCH_NAME/$",
      ["~nobody/it's"] = "~nobody/it's",
    } do
      local message = refused(SET, "--identity", "file://" .. word)
      local quoted = path:find("'", 1, true) and '"' .. path .. '"' or "'" .. path .. "'"
      assert.equal(("param 252 Error parsing parameter '--identity': Unable to load paramfile "
        .. "file://%s: [Errno 2] No such file or directory: %s"):format(word, quoted), message)
    end
  end)

  it("that cannot be read is named", function()
    local message = "param 252 Error parsing parameter '--cli-input-json': Unable to load "
      .. "paramfile "
    local folder = files.folder(finally)
    assert.equal(message .. "file://" .. folder .. ": [Errno 21] Is a directory: '" .. folder
      .. "'",
      refused(SET, "--cli-input-json", "file://" .. folder))
    local path = files.with(finally, "x")
    assert.equal(message .. "fileb://" .. path .. "/a: [Errno 20] Not a directory: '" .. path
      .. "/a'",
      refused(SET, "--cli-input-json", "fileb://" .. path .. "/a"))
    assert.equal(message .. "file:///proc/self/mem: [Errno 5] Input/output error",
      refused(SET, "--cli-input-json", "file:///proc/self/mem"))
    assert.equal(message .. "file:///dev/zero: longer than 128 MiB",
      refused(SET, "--cli-input-json", "file:///dev/zero"))
    local _, err = read_with({}, SET, "--identity", "file://a\0b")
    assert.equal("Error parsing parameter '--identity': Unable to load paramfile file://a\0b: "
      .. "embedded null byte", err.message)
  end)

  it("that one may not read is named", function()
    local path = files.with(finally, "x")
    local script = ([[local _, err = require("ses.cli.parameters").read("ses", "%s", %s, {})
      io.write(err.message)]]):format("SetIdentityMailFromDomain",
        '{ "--identity", "file://' .. path .. '" }')
    local command = interpreter .. " -e " .. shell.quote(script)
    shell.run("chmod 0 " .. path)
    if shell.run("id -u") == "0\n" then
      command = "setpriv --reuid=65534 --regid=65534 --clear-groups " .. command
    end
    local said, status = shell.run(command)
    if status ~= 0 then
      return pending("nobody but root may run the tree here: " .. said:match("^[^\n]*"))
    end
    assert.equal("Error parsing parameter '--identity': Unable to load paramfile file://" .. path
      .. ": [Errno 13] Permission denied: '" .. path .. "'", said)
  end)

  it("that is no text is refused", function()
    local path = files.with(finally, "a\255")
    assert.equal("param 252 Error parsing parameter '--identity': Unable to load paramfile ("
      .. path
      .. "), text contents could not be decoded.  If this is a binary file, please use the "
      .. "fileb:// prefix instead of the file:// prefix.",
      refused(SET, "--identity", "file://" .. path))
    assert.equal("param 252 Error parsing parameter 'cli-input-json': Invalid JSON received.\n"
      .. "(it is not UTF-8)",
      refused(SET, "--cli-input-json", "fileb://" .. path))
    assert.equal("param 252 Error parsing parameter '--message': fileb:// gives bytes, and this "
      .. "parameter takes text: within shorthand, Member@=fileb://PATH is a member's bytes",
      refused("ses SendEmail", "--from", "a", "--message",
        "fileb://" .. path))
    local result = read_with({}, SET, "--identity", "fileb://" .. path)
    assert.is_nil(core.encode(core.handle("ses", "SetIdentityMailFromDomain"), result.params))
    assert.equal("bytes", document.type(document.get(result.given.document, "Identity")))
  end)

  it("for a list holds JSON", function()
    local path = files.with(finally, "a.example.com\nb.example.com\n")
    local message = "param 252 Error parsing parameter '--identities': Invalid JSON: a file for "
      .. "this parameter holds a JSON array"
    assert.equal(message, refused(GET, "--identities", "file://" .. path))
    files.write(path, "")
    assert.equal(message, refused(GET, "--identities", "file://" .. path))
  end)

  it("may hold a million identities", function()
    local path, parts = files.temporary(finally), {}
    for i = 1, 1000000 do parts[i] = '"' .. i .. '.example.com"' end
    files.write(path, "[" .. table.concat(parts, ",\n") .. "]")
    local clock = os.clock()
    local identities = params(GET, "--identities", "file://" .. path).Identities
    assert(os.clock() - clock < 30)
    assert.same({ 1000000, "1000000.example.com" }, { #identities, identities[1000000] })
  end)
end)
