-- The formats, the skeletons and the names of the command line, against the code of
-- the AWS CLI.

local botocore = require "spec.support.botocore"
local cli_names = require "ses.cli.names"
local core = require "ses.core"
local document = require "ses.cli.document"
local documents = require "spec.support.documents"
local files = require "spec.support.files"
local interpreter = require "spec.support.interpreter"
local json = require "ses.cli.json"
local names = require "ses.names"
local peer = require "spec.support.interop.cli_peer"
local printed = require "spec.support.printed"
local shell = require "spec.support.shell"
local skeleton = require "ses.cli.skeleton"
local unicode = require "ses.cli.output.unicode"

local FORMATS = { "json", "text", "table", "yaml", "yaml-stream" }
local SERVICES = { "ses", "sesv2" }
local MIXED = "A table cannot show a list of objects that has other values in it"

-- How output differs, and why. `theirs` is what the AWS CLI prints, or how it fails.
local DIFFERENCES = {
  { "a list of objects with other values in it is printed as text, not failed upon", "text",
    '[{"a": "x"}, "y"]', theirs = "AttributeError", ours = "x\ny\n" },
  { "a table of such a list is refused with a message that says so", "table",
    '[{"a": "x"}, "y"]', theirs = "TypeError", ours = MIXED },
  { "... where the AWS CLI takes what is empty for an object as well", "table",
    '[{"a": ["x"]}, []]', theirs = "GetThing", ours = MIXED },
  { "a header that does not fit is refused with the message of a row", "table",
    '[[["x"], [{"a": 1, "b": 2}]]]', theirs = "IndexError",
    ours = "Row should have 1 elements, instead it has 2" },
  { "letters beyond ASCII stay small in names, for want of their capitals", "text",
    '{"stra\195\159e": ["x"]}', theirs = "STRASSE\tx\n", ours = "STRA\195\159E\tx\n" },
  { "a character that Unicode 14 does not have is one column wide, as in later Pythons", "table",
    '["' .. ("\224\174\132"):rep(9) .. '"]', theirs = ("-"):rep(24) .. "\n|",
    ours = ("-"):rep(15) .. "\n|" },
  { "... and one that came later is shown, where Python 3.11 knows its number alone", "text",
    '[{"a": 1}, {"a": ["\240\155\132\178"]}]', theirs = "['\\U0001b132']",
    ours = "['\240\155\132\178']" },
}

local function job_of(action, members)
  local job = document.set(document.object(), "action", action)
  for name, value in pairs(members) do
    document.set(job, name, value)
  end
  return job
end

local function show_job(format, value, options)
  options = options or {}
  return job_of("show", { format = format, value = value, operation = "GetThing",
                          color = options.color and "on" or "off", width = options.width or 80,
                          query = options.query or "value", pages = options.pages })
end

-- Answers to named jobs, all of one process.
local function ask(jobs)
  local order, list, answers = {}, {}, {}
  for name, job in pairs(jobs) do
    order[#order + 1], list[#list + 1] = name, job
  end
  for i, answer in ipairs(peer.run(list)) do
    answers[order[i]] = answer
  end
  return answers
end

-- All that a skeleton depends on, as the peer says it.
local function description(service, name)
  local shape = name and core.shape(service, name)
  if not shape then
    return ""
  end
  local text = name .. " " .. shape.type
  if shape.type == "structure" then
    local parts = {}
    for i, member in ipairs(shape.members) do
      parts[i] = (member.required and "!" or "") .. member.name .. ":"
        .. description(service, member.shape)
    end
    return ("%s(%s)"):format(text, table.concat(parts, ","))
  elseif shape.type == "list" or shape.type == "map" then
    local inner = shape.member or shape.value
    return ("%s(%s)"):format(text, description(service, inner.shape))
  end
  return text .. (shape.enum and " " .. shape.enum[1] or "")
end

local function utf8_char(code)
  local function lead(first, size)
    return string.char(first + math.floor(code / size))
  end
  local function tail(size)
    return string.char(0x80 + math.floor(code / size) % 64)
  end
  if code < 0x800 then
    return lead(0xC0, 64) .. tail(1)
  elseif code < 0x10000 then
    return lead(0xE0, 4096) .. tail(64) .. tail(1)
  end
  return lead(0xF0, 262144) .. tail(4096) .. tail(64) .. tail(1)
end

-- A text without what its comments say.
local function uncommented(text)
  return (text:gsub(" #[^\n]*", " #"))
end

-- Options that are no members', and a member that has another option.
local ADDED, RENAMED = {}, { ["send-email"] = "source" }
for _, option in ipairs {
  "cli-input-json", "cli-input-yaml", "generate-cli-skeleton", "max-items", "page-size",
  "starting-token", "send-email from", "send-email to", "send-email cc", "send-email bcc",
  "send-email subject", "send-email text", "send-email html",
} do
  ADDED[option] = true
end

-- Whether both have their models from one source.
local same_models = botocore.has_own_models()

local missing = peer.missing()

if missing then
  pending("the AWS CLI's code: " .. missing)
  return
end

describe("the AWS CLI's code", function()
  local answers

  lazy_setup(function()
    local jobs = { widths = job_of("widths", {}) }
    for _, service in ipairs(SERVICES) do
      for _, action in ipairs { "skeletons", "names", "commands" } do
        jobs[action .. service] = job_of(action, { service = service })
      end
    end
    for i, row in ipairs(DIFFERENCES) do
      jobs[i] = show_job(row[2], assert(json.decode(row[3])))
    end
    answers = ask(jobs)
  end)

  local function answer(name)
    return assert(answers[name].value, answers[name].failed)
  end

  describe("prints what ours prints:", function()
    local values, options, shown = documents.some(400, 2027), {}, nil

    lazy_setup(function()
      local jobs = {}
      for i, value in ipairs(values) do
        options[i] = { color = i % 2 == 0, width = i % 3 * 60 + 20 }
        for _, format in ipairs(FORMATS) do
          jobs[format .. i] = show_job(format, value, options[i])
        end
        jobs["twice" .. i] = show_job("yaml", value,
          { query = "[value, {a: value, b: [value]}]" })
      end
      for i = 1, #values - 1 do
        local pages = document.array()
        for j = 1, 2 do
          pages[j] = document.set(document.object(), "value", values[i + j - 1])
        end
        jobs["pages" .. i] = show_job("yaml-stream", document.null, { pages = pages })
      end
      shown = ask(jobs)
    end)

    -- Whether a difference is one of the rows above; those of characters do not occur
    -- in what is compared here.
    local function is_known(format, theirs, ok, message)
      if not theirs.failed then
        return format == "table" and message == MIXED
      elseif format == "text" then
        return ok and theirs.failed:find "^AttributeError: .* has no attribute 'items'" ~= nil
      end
      local row = theirs.failed:match "^ValueError: (Row should have .*)"
      return format == "table" and (message == (row or message) or message == MIXED)
    end

    for _, format in ipairs(FORMATS) do
      it("as " .. format, function()
        local same, known, filled = 0, 0, 0
        for i, value in ipairs(values) do
          local theirs, text, ok, message = shown[format .. i], printed.value(format, value,
            options[i])
          if theirs.value == text and ok then
            same, filled = same + 1, filled + (#text > 20 and 1 or 0)
          else
            known = known + 1
            if not is_known(format, theirs, ok, message) then
              assert.equal(theirs.value or theirs.failed, message or text, json.encode(value))
            end
          end
        end
        assert.truthy(same > 350 and filled > 120 and known < 50, same .. " are the same, "
          .. filled .. " of them more than a word, " .. known .. " known to differ")
      end)
    end

    it("where a query gives the same value twice", function()
      for i, value in ipairs(values) do
        local object = document.set(document.object(), "a", value)
        document.set(object, "b", document.array { value })
        assert.equal(shown["twice" .. i].value,
                     (printed.value("yaml", document.array { value, object })))
      end
    end)

    it("of several pages", function()
      for i = 1, #values - 1 do
        assert.equal(shown["pages" .. i].value, (printed.value("yaml-stream", values[i],
          { paged = true })) .. printed.value("yaml-stream", values[i + 1], { paged = true }))
      end
    end)
  end)

  describe("differs:", function()
    for i, row in ipairs(DIFFERENCES) do
      it(row[1], function()
        local text, _, message = printed.json(row[2], row[3])
        local theirs, ours = answers[i].failed or answers[i].value, message or text
        assert.truthy(theirs:find(row.theirs, 1, true), theirs)
        assert.truthy(ours:find(row.ours, 1, true), ours)
        assert.not_equal(theirs, ours)
      end)
    end
  end)

  it("makes the same skeletons", function()
    local inputs, outputs, skipped = 0, 0, 0
    for _, service in ipairs(SERVICES) do
      for name, theirs in pairs(answer("skeletons" .. service)) do
        local operation = core.operation(service, name) or {}
        if theirs.input_shape == description(service, operation.input) then
          inputs = inputs + 1
          assert.equal(theirs.input, skeleton.input(service, name))
          assert.equal(uncommented(theirs.yaml_input),
                       uncommented(skeleton.yaml_input(service, name)))
        else
          skipped = skipped + 1
        end
        if theirs.output_shape == description(service, operation.output) then
          outputs = outputs + 1
          assert.equal(theirs.output, skeleton.output(service, name))
        end
      end
    end
    local counts = ("%d inputs and %d outputs are of the same shape, %d inputs are not"):format(
      inputs, outputs, skipped)
    assert.truthy(inputs > 100 and outputs > 100 and inputs > 3 * skipped, counts)
    if same_models then
      local all = #core.service("ses").operations + #core.service("sesv2").operations
      assert.same({ 0, all, all }, { skipped, inputs, outputs })
    end
  end)

  it("has the same names", function()
    local count = 0
    for _, service in ipairs(SERVICES) do
      local operations = cli_names.operations(service)
      for name, theirs in pairs(answer("names" .. service)) do
        count = count + 1
        assert.equal(theirs.command, names.kebab(name))
        local operation = core.operation(service, name)
        assert.equal(operation and name, operations[theirs.command])
        for member, option in pairs(theirs.members) do
          assert.equal(option, names.kebab(member))
        end
      end
    end
    assert.truthy(count > 150, count)
  end)

  it("has an option for each member", function()
    local count = 0
    for _, service in ipairs(SERVICES) do
      local operations = cli_names.operations(service)
      for command, options in pairs(answer("commands" .. service)) do
        local operation = operations[command] and core.operation(service, operations[command])
        local input = operation and operation.input
        local members = input and cli_names.members(service, input) or {}
        local others, left = {}, {}
        for _, option in ipairs(options) do
          local member = members[option] or members[option:match "^no%-(.*)"]
          count = count + (member and 1 or 0)
          if not member and not ADDED[option] and not ADDED[command .. " " .. option] then
            others[#others + 1] = option
          end
        end
        for _, option in ipairs(options) do
          members[option] = nil
        end
        members[RENAMED[command] or 0] = nil
        for option in pairs(members) do
          left[#left + 1] = option
        end
        if same_models then
          assert.same({ {}, {} }, { others, left }, command)
        end
      end
    end
    assert.truthy(count > 250, count)
  end)

  it("counts the columns of characters", function()
    local widths = answer "widths"
    local wide, different = 0, {}
    -- Beyond lie characters for private use, which are all the same.
    for code = 0x80, 0xF0000 do
      local expected = widths:byte(code + 1) - ("0"):byte()
      if expected > 0 then
        wide = wide + expected - 1
        if unicode.width(utf8_char(code)) ~= expected then
          different[#different + 1] = ("U+%04X"):format(code)
        end
      end
    end
    assert.same({}, different)
    assert.truthy(wide > 100000)
  end)

  describe("prints times as ours", function()
    local SECONDS = { 0, 1, 1700000000, 1720000000, 1700000000.123, 1700000000.9999999,
                      1700000000.0000005, 1767323045.5, 4102444800 }
    local SCRIPT = [[
      local result, times = require "ses.cli.result", {}
      for i, seconds in ipairs(arg) do
        local lists = result.document("sesv2", "GetContactList",
          { CreatedTimestamp = tonumber(seconds) })
        times[i] = lists.values.CreatedTimestamp
      end
      print(table.concat(times, " "))
    ]]

    for zone, name in pairs {
      ["UTC"] = "in UTC", ["CET-1CEST,M3.5.0,M10.5.0/3"] = "with summer time",
      ["IST-5:30"] = "with half an hour", ["NST3:30NDT,M3.2.0,M11.1.0"] = "behind UTC",
      ["LINT-14"] = "on another day",
    } do
      it(name, function()
        local values, words = document.array(), {}
        for i, seconds in ipairs(SECONDS) do
          values[i], words[i] = document.double(seconds), ("%.17g"):format(seconds)
        end
        local theirs = peer.run({ job_of("times", { values = values }) }, zone)[1].value
        local said = shell.run(("TZ=%s %s %s %s"):format(shell.quote(zone), interpreter,
          files.with(finally, SCRIPT), table.concat(words, " ")))
        assert.equal(table.concat(theirs, " ") .. "\n", said)
      end)
    end
  end)
end)
