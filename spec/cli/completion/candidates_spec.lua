local candidates = require "ses.cli.completion.candidates"
local core = require "ses.core"
local emulator = require "ses.cli.emulator"
local emulator_help = require "ses.cli.emulator_help"
local globals = require "ses.cli.globals"
local mail_from_options = require "ses.cli.mail_from.options"
local names = require "ses.cli.names"
local phrases = require "ses.cli.phrases"
local operation_options = require "ses.cli.operation_options"
local random = require "spec.support.random"
local shell = require "spec.support.shell"
local tables = require "ses.tables"
local waits = require "ses.cli.wait"

-- The candidates for the last word, as one text.
local function complete(...)
  local found = {}
  for i, candidate in ipairs(candidates.of { ... }) do
    found[i] = candidate.word
  end
  return table.concat(found, " ")
end

local function sorted(list)
  table.sort(list)
  return table.concat(list, " ")
end

local function global_names()
  local list = {}
  for i, option in ipairs(globals.OPTIONS) do
    list[i] = option.option
  end
  return list
end

-- The options of an operation that can stand first, and those of every command.
local function names_of(service, operation, accept)
  local list = global_names()
  for _, option in ipairs(operation_options.of(service, operation)) do
    if not option.hidden and (not accept or accept(option)) then
      list[#list + 1] = option.option
    end
  end
  return sorted(list)
end

local function each_operation(call)
  for _, service in ipairs { "ses", "sesv2" } do
    for command, operation in pairs(names.operations(service)) do
      call(service, command, operation)
    end
  end
end

describe("completion of a command", function()
  it("knows the commands that the help tells", function()
    local told = { "help" }
    for word in shell.run("sesctl --help"):gmatch("\n  sesctl (%S+)") do
      told[#told + 1] = word
    end
    assert.equal(sorted(told), complete "")
    for _, candidate in ipairs(candidates.of { "" }) do
      assert.truthy(candidate.text)
    end
    assert.equal("completion emulator mail-from ses sesv2", complete("help", ""))
    assert.equal("--help bash fish zsh", complete("completion", ""))
    assert.equal("", complete("completion", "bash", ""))
    assert.equal("", complete("help", "ses", ""))
  end)

  it("knows all operations, wait and help", function()
    for _, service in ipairs { "ses", "sesv2" } do
      local list = { "wait", "help" }
      for command in pairs(names.operations(service)) do
        list[#list + 1] = command
      end
      assert.equal(sorted(list), complete(service, ""))
      assert.equal(sorted(list), complete("--region", "eu-west-1", "--debug", service, ""))
      assert.equal(sorted(list), complete(service, "--region", "eu-west-1", "ge"))
      assert.truthy(#list > 70)
    end
  end)

  it("knows what may stand before a service", function()
    assert.equal("help mail-from ses sesv2", complete("--region", "eu-west-1", ""))
    assert.equal("help mail-from ses sesv2", complete("--region=eu-west-1", ""))
    assert.equal(sorted(global_names()), complete "-")
    assert.equal("auto off on", complete("--colo", ""))
    assert.equal("auto off on", complete("--color", ""))
    assert.truthy(complete("--debug", "--re"):find("--region", 1, true))
    assert.equal("--color=auto --color=off --color=on", complete("--color="))
  end)

  it("knows the waiters and what they take", function()
    assert.equal("dkim-verified help identity-exists identity-verified mail-from-verified",
                 complete("ses", "wait", ""))
    assert.truthy(complete("ses", "wait", "identity-exists", ""):find("--identities", 1, true))
    assert.truthy(complete("sesv2", "wait", "dkim-verified", "-")
      :find("--email-identity ", 1, true))
    assert.is_nil(complete("sesv2", "wait", "dkim-verified", "--email-identity", "x", "-")
      :find("--email-identity ", 1, true))
    for _, service in ipairs { "ses", "sesv2" } do
      for _, waiter in ipairs(waits.WAITERS) do
        assert.equal(names_of(service, waits.operation(service, waiter)),
                     complete(service, "wait", waiter.command, "-"))
      end
    end
    assert.equal(sorted(global_names()), complete("ses", "wait", "-"))
    assert.equal("", complete("ses", "wait", "nothing", ""))
    assert.equal("", complete("ses", "wait", "help", ""))
  end)

  it("says nothing of a command that is none", function()
    for _, line in ipairs { { "ec2", "" }, { "ses", "get-send", "" }, { "sts", "" },
                            { "--", "" }, { "ses", "--", "" }, { "ses", "help", "" } } do
      assert.equal(0, #candidates.of(line))
    end
  end)
end)

describe("completion of an option", function()
  it("knows all of every operation", function()
    each_operation(function(service, command, operation)
      assert.equal(names_of(service, operation), complete(service, command, "-"))
      assert.equal(names_of(service, operation), complete(service, command, "--no"))
    end)
  end)

  it("has each name once, and words beside it", function()
    each_operation(function(service, command)
      local seen = {}
      for _, candidate in ipairs(candidates.of { service, command, "-" }) do
        assert.is_nil(seen[candidate.word])
        seen[candidate.word] = true
        assert.truthy(#candidate.text > 3 and #candidate.text <= 60, candidate.word)
        assert.is_nil(candidate.text:find("[^ -~]"), candidate.word)
      end
    end)
    for _, option in ipairs(globals.OPTIONS) do
      assert.truthy(phrases.GLOBALS[option.option], option.option)
    end
  end)

  it("leaves out what was given", function()
    each_operation(function(service, command, operation)
      for _, given in ipairs(operation_options.of(service, operation)) do
        if not given.hidden then
          local expected = names_of(service, operation, function(option)
            return (option.key or option.option) ~= (given.key or given.option)
          end)
          local word = given.words == "none" and given.option or given.option .. "=x"
          assert.equal(expected, complete(service, command, word, "-"))
        end
      end
    end)
    local rest = complete("--region", "x", "ses", "get-send-quota", "--no-paginate", "--output",
      "json", "-")
    for _, name in ipairs { "--region", "--no-paginate", "--output" } do
      assert.is_nil((" " .. rest .. " "):find(" " .. name .. " ", 1, true))
    end
  end)

  it("comes where nothing else can, and after a list", function()
    local command = { "ses", "get-identity-mail-from-domain-attributes" }
    assert.equal("help", complete(command[1], command[2], ""):match("%S+$"))
    assert.are_not.equal("help", complete(command[1], command[2], "h", ""):match("%S+$"))
    assert.truthy(complete(command[1], command[2], "--identities", "a", "b", "")
      :find("--region", 1, true))
    assert.equal("", complete(command[1], command[2], "--", "--"))
    assert.equal("", complete("ses", "send-email", "--to", "-"))
    assert.equal("", complete("ses", "send-email", "--from", ""))
    assert.equal("", complete("ses", "send-email", "--from", "--"))
  end)

  it("is known by its beginning", function()
    assert.equal("RejectMessage UseDefaultValue",
                 complete("ses", "set-identity-mail-from-domain", "--behav", ""))
    assert.equal("--behav=RejectMessage --behav=UseDefaultValue",
                 complete("ses", "set-identity-mail-from-domain", "--behav="))
    assert.equal("auto off on", complete("ses", "get-send-quota", "--colo", ""))
    assert.truthy(complete("ses", "get-send-quota", "--he", "-"):find("--help", 1, true))
  end)
end)

describe("completion of a value", function()
  it("knows what has a few", function()
    local count = 0
    each_operation(function(service, command, operation)
      for _, option in ipairs(operation_options.of(service, operation)) do
        local shape = option.shape and core.shape(service, option.shape)
        if shape and shape.type == "list" then
          shape = core.shape(service, shape.member.shape)
        end
        local choices = option.choices or shape and shape.enum
        if choices then
          local expected = sorted(tables.copy(choices))
          count = count + 1
          assert.equal(expected, complete(service, command, option.option, ""))
          assert.equal(option.option .. "=" .. expected:gsub(" ", " " .. option.option .. "="),
                       complete(service, command, option.option .. "="))
        end
      end
    end)
    assert.truthy(count > 200)
    for _, option in ipairs(globals.OPTIONS) do
      if option.choices then
        local expected = sorted(tables.copy(option.choices))
        assert.equal(expected, complete("ses", "get-send-quota", option.option, ""))
        assert.equal(expected, complete(option.option, ""))
      end
    end
  end)

  it("goes on with a list, without what it has", function()
    local line = { "ses", "set-identity-notification-topic", "--notification-type" }
    assert.equal("Bounce Complaint Delivery", complete(line[1], line[2], line[3], ""))
    assert.equal("COMPLAINT", complete("sesv2", "put-account-suppression-attributes",
      "--suppressed-reasons", "BOUNCE", ""))
    assert.equal("BOUNCE COMPLAINT", complete("sesv2", "put-account-suppression-attributes",
      "--suppressed-reasons", "B"))
    assert.truthy(complete("sesv2", "put-account-suppression-attributes",
      "--suppressed-reasons", "BOUNCE", "--r"):find("--region", 1, true))
  end)

  it("knows the regions", function()
    local regions = " " .. complete("ses", "get-send-quota", "--region", "") .. " "
    for _, name in ipairs { "us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1" } do
      assert.truthy(regions:find(" " .. name .. " ", 1, true))
    end
    assert.is_nil(regions:find("global", 1, true))
  end)

  it("is the name of a file where one stands", function()
    for _, case in ipairs {
      { { "ses", "get-send-quota", "--ca-bundle", "a/b" }, "", "a/b" },
      { { "ses", "get-send-quota", "--ca-bundle=a/b" }, "--ca-bundle=", "a/b" },
      { { "--ca-bundle", "" }, "", "" },
      { { "ses", "send-email", "--message", "file://a b" }, "file://", "a b" },
      { { "ses", "send-email", "--message=file://x" }, "--message=file://", "x" },
      { { "ses", "get-send-quota", "--cli-input-json", "file://" }, "file://", "" },
      { { "sesv2", "send-email", "--content", "fileb://é" }, "fileb://", "é" },
      { { "ses", "get-identity-policies", "--policy-names", "file://x" }, "file://", "x" },
      { { "emulator", "--nginx", "/u" }, "", "/u" },
      { { "emulator", "--nginx=/u" }, "--nginx=", "/u" },
    } do
      local found = candidates.of(case[1])
      assert.same({ before = case[2], path = case[3] }, found.files)
      assert.is_nil(found[1])
    end
    assert.equal("file://", complete("ses", "get-send-quota", "--cli-input-json", ""))
  end)

  it("is a member of a structure", function()
    local put = { "sesv2", "put-email-identity-dkim-signing-attributes",
                  "--signing-attributes", "--signing-attributes=" }
    local members = "DomainSigningAttributesOrigin= DomainSigningPrivateKey="
      .. " DomainSigningSelector= NextSigningKeyLength="
    assert.equal(members, complete(put[1], put[2], put[3], ""))
    assert.equal(put[4] .. members:gsub(" ", " " .. put[4]), complete(put[1], put[2], put[4]))
    assert.equal("NextSigningKeyLength=RSA_1024_BIT NextSigningKeyLength=RSA_2048_BIT",
                 complete(put[1], put[2], put[3], "NextSigningKeyLength="))
    for _, member in ipairs(core.shape("sesv2", "DkimSigningAttributes").members) do
      assert.truthy(members:find(member.name, 1, true))
    end
  end)

  it("is nothing where anything can stand", function()
    assert.equal("", complete("ses", "set-identity-mail-from-domain", "--identity", ""))
    assert.equal("", complete("ses", "get-send-quota", "--query", ""))
    assert.equal("", complete("ses", "get-send-quota", "--nothing="))
    assert.equal("", complete("ses", "set-identity-dkim-enabled", "--dkim-enabled="))
  end)
end)

describe("completion of sesctl mail-from", function()
  it("knows its actions, and the options of each", function()
    assert.equal("apply check disable help plan records status wait", complete("mail-from", ""))
    assert.equal("apply check disable help plan records status wait",
                 complete("--region", "eu-west-1", "mail-from", ""))
    assert.equal(sorted(global_names()), complete("mail-from", "-"))
    for _, action in ipairs(mail_from_options.ACTIONS) do
      local list = global_names()
      for _, option in ipairs(mail_from_options.of(action)) do
        list[#list + 1] = option.option
      end
      assert.equal(sorted(list), complete("mail-from", action.name, "example.com", "--"))
    end
    local rest = complete("mail-from", "plan", "--force", "--mail-from-domain", "x", "--")
    assert.is_nil(rest:find("--force", 1, true) or rest:find("--mail-from-domain", 1, true))
    assert.equal("", complete("mail-from", "nothing", ""))
    assert.equal("apply check disable plan records status wait", complete("mail-from", "help", ""))
    assert.equal("", complete("mail-from", "help", "plan", ""))
  end)

  it("knows values", function()
    assert.equal("ses sesv2", complete("mail-from", "plan", "--api", ""))
    assert.equal("--format=bind --format=route53 --format=terraform",
                 complete("mail-from", "records", "--format="))
    assert.same({ before = "", path = "/t" },
                candidates.of({ "mail-from", "apply", "--journal", "/t" }).files)
    assert.equal("", complete("mail-from", "apply", "--mail-from-domain", ""))
  end)
end)

describe("completion of sesctl emulator", function()
  local function options(accept)
    local list = {}
    for name in pairs(emulator.OPTIONS) do
      if accept(name) then
        list[#list + 1] = "--" .. name
      end
    end
    return sorted(list)
  end

  it("knows its actions", function()
    local actions = {}
    for name in pairs(emulator.ACTIONS) do
      actions[#actions + 1] = name
    end
    assert.equal(sorted(actions), complete("emulator", ""))
    assert.equal(sorted(actions), complete("emulator", "--port", "1", ""))
  end)

  it("knows its options, and those that an action takes", function()
    assert.equal(options(function() return true end), complete("emulator", "-"))
    assert.equal(options(function(name) return name ~= "port" and name ~= "no-throttle" end),
                 complete("emulator", "--port", "1", "--no-throttle", "--"))
    assert.equal("--help --port", complete("emulator", "reset", ""))
    assert.equal("--help --port --region", complete("emulator", "verify", "x", "-"))
    assert.equal("", complete("emulator", "nothing", ""))
  end)

  it("knows values", function()
    assert.equal("auto manual", complete("emulator", "--verify", ""))
    assert.equal("--verify=auto --verify=manual", complete("emulator", "--verify="))
    assert.equal("Failed Pending Success TemporaryFailure",
                 complete("emulator", "mail-from-status", "example.com", ""))
    assert.truthy(complete("emulator", "--region", ""):find("eu-west-1", 1, true))
    for _, line in ipairs { "--port", "--max-send-rate" } do
      assert.equal("", complete("emulator", line, ""))
    end
    assert.equal("", complete("emulator", "--no-throttle="))
  end)

  it("tells what the help tells", function()
    local told = { help = true }
    for _, row in ipairs(emulator_help.OPTIONS) do
      told[row.name] = true
      assert.equal(row.takes and "takes" or "flag",
                   emulator.OPTIONS[row.name] ~= "flag" and "takes" or "flag", row.name)
    end
    for name in pairs(emulator.OPTIONS) do
      assert.is_true(told[name], name)
    end
    for i, row in ipairs(emulator_help.ACTIONS) do
      local takes = emulator.ACTIONS[row.name].takes
      assert.equal(table.concat(takes, " "), ((row.takes or ""):gsub(" ?%[.*", "")), i)
    end
  end)
end)

describe("completion of anything", function()
  local PIECES = { "ses", "sesv2", "emulator", "help", "wait", "completion", "get-send-quota",
    "send-email", "--", "-", "--=", "=", "", "--region", "--message", "--content", "--to",
    "--verify", "Key=", ",", "[", "]", "{", "}", "'", '"', "\\", "\27[31m", "\7", "\n", "\t",
    "\255", "\194\155", "é", " ", "%", "file://", "fileb://", "--cli-input-json",
    "--dkim-enabled", "\127" }

  it("raises nothing, and repeats nothing that a terminal obeys", function()
    local dice = random.new(20261126)
    local answer = require("ses.cli.completion").answer
    for _ = 1, 4000 do
      local line = {}
      for i = 1, dice:int(1, 6) do
        line[i] = dice:int(1, 3) == 1 and dice:text(PIECES, 1, 4) or dice:pick(PIECES)
      end
      for _, name in ipairs { "bash", "fish", "zsh" } do
        local text = answer(name, line)
        assert.is_true(core.valid_utf8(text))
        assert.is_nil(text:find("[\1-\8\11-\31\127]"))
        assert.is_nil(text:find("\194[\128-\159]"))
      end
    end
  end)
end)
