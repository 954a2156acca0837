-- The generator's command.

local interpreter = require "spec.support.interpreter"

local folders = { "ses/2010-12-01", "sesv2/2019-09-27", "sts/2011-06-15", "sso/2019-06-10",
                  "sso-oidc/2019-06-10" }
local written = {
  "csrc/services/ses.c", "csrc/services/sesv2.c", "csrc/services/sts.c",
  "csrc/services/sso.c", "csrc/services/sso_oidc.c", "lua/ses/types/ses.lua",
  "lua/ses/types/sesv2.lua", "lua/ses/partitions.lua",
}

describe("csrc/gen/main.lua", function()
  local directory

  local function sh(command, ...)
    local pipe = assert(io.popen(command:format(...) .. " 2>&1; echo $?"))
    local said, status = pipe:read("*a"):match("^(.-)(%d+)\n$")
    pipe:close()
    return tonumber(status), said
  end

  local function succeed(command, ...)
    local status, said = sh(command, ...)
    assert.equal("", said)
    assert.equal(0, status)
  end

  local function generate(models, out, root)
    if out then succeed("mkdir -p %s/csrc/services %s/lua/ses/types", out, out) end
    return sh("'%s' %scsrc/gen/main.lua %s 'botocore 9.9.9' %s", interpreter,
      root or "", models, out or "")
  end

  local function read(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read("*a")
    file:close()
    return text
  end

  local function write(path, text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
  end

  before_each(function()
    directory = os.tmpname()
    os.remove(directory)
    succeed("mkdir %s", directory)
  end)

  after_each(function()
    succeed("rm -r %s", directory)
  end)

  -- Models of the vectors in a folder of our own, to be damaged.
  local function models()
    local root = os.getenv "SES_VECTORS"
    if not root then pending("SES_VECTORS is not set: there are no models to read") end
    succeed("cp -r %s/models %s/models && chmod -R u+w %s/models", root, directory, directory)
    return directory .. "/models"
  end

  it("says how it is called", function()
    assert.same({ 1, "gen: usage: lua csrc/gen/main.lua MODELS SOURCE OUT\n" },
      { generate(directory) })
  end)

  it("names a model that is not there", function()
    local path = directory .. "/none/ses/2010-12-01/service-2.json"
    assert.same({ 1, ("gen: %s is not there (nor %s.gz)\n"):format(path, path) },
      { generate(directory .. "/none", directory) })
  end)

  it("writes the same from plain and from compressed models, from any folder", function()
    local plain = models()
    assert.same({ 0, "" }, { generate(plain, directory .. "/a") })
    for _, folder in ipairs(folders) do succeed("gzip %s/%s/service-2.json", plain, folder) end
    succeed("gzip %s/partitions.json", plain)
    assert.same({ 0, "" }, { generate(plain, directory .. "/b", "$PWD/") })
    succeed("diff -r %s/a %s/b", directory, directory)
    for _, name in ipairs(written) do
      assert.truthy(read(directory .. "/a/" .. name):find("Source: botocore 9.9.9.", 1, true))
    end
  end)

  it("names the place of what a model holds and the tables cannot", function()
    local root = models()
    local path = root .. "/ses/2010-12-01/service-2.json"
    write(path, (read(path):gsub('"MailFromDomainName": *{', '%0"document":true,', 1)))
    assert.same({ 1, ("gen: %s/ses/2010-12-01:\n  unsupported: document at " ..
      "MailFromDomainName\n"):format(root) }, { generate(root, directory) })
  end)

  it("writes nothing when one model of several is refused", function()
    local root = models()
    write(root .. "/sso-oidc/2019-06-10/service-2.json", "")
    local status = generate(root, directory)
    assert.equal(1, status)
    assert.is_nil(io.open(directory .. "/csrc/services/ses.c"))
  end)

  it("names the offset of what is no JSON", function()
    local root = models()
    local path = root .. "/ses/2010-12-01/service-2.json"
    write(path, "{]")
    assert.same({ 1, ("gen: %s: offset 2: expected a member name\n"):format(path) },
      { generate(root, directory) })
  end)

  it("says what it cannot write", function()
    local root = models()
    local status, said = sh("'%s' csrc/gen/main.lua %s source %s/nowhere", interpreter, root,
      directory)
    assert.equal(1, status)
    assert.equal(1, said:find("gen: " .. directory .. "/nowhere/", 1, true))
  end)
end)

describe("what was generated", function()
  it("holds names and no prose", function()
    for _, name in ipairs(written) do
      local file = assert(io.open(name))
      for line in file:lines() do
        assert.is_nil(line:find("<%a+>") or line:find("documentation"))
        if name:find("%.c$") then
          assert.truthy(#line <= 80, name .. ": " .. line)
        end
      end
      file:close()
    end
    assert.equal(8, #written)
  end)
end)
