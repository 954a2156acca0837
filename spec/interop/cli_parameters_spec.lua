-- Shorthand and command lines, read by ses.cli and by the AWS CLI's own code. Once in
-- a test run, on Lua 5.4.

local argparse = require "ses.cli.argparse"
local cases = require "spec.support.interop.command_cases"
local cjson = require "cjson"
local clients = require "spec.support.interop.clients"
local command_lines = require "spec.support.interop.command_lines"
local core = require "ses.core"
local differences = require "spec.support.interop.command_differences"
local document = require "ses.cli.document"
local faults = require "ses.cli.faults"
local files = require "spec.support.files"
local parameters = require "ses.cli.parameters"
local peer = require "spec.support.interop.aws_cli_parameters"
local randoms = require "spec.support.random"
local samples = require "spec.support.samples"
local shorthand = require "ses.cli.shorthand"
local walk = require "spec.support.walk"

-- Newer versions than Debian's set the text in that they show, and offer no choices.
local is_newer

local function common(message, newer)
  if not newer then
    message = message:gsub("^(.-Expected: '.-', received: '.-' for input:\n)", "%1 ")
  end
  -- What sesctl says beyond the AWS CLI's message.
  message = message:gsub("(Invalid %u+ received%.)\n%b()$", "%1")
    :gsub("(Unknown options: .-)\n\nMaybe you meant:\n.*$", "%1")
  return (message:gsub("(argument %-%-generate%-cli%-skeleton: ).*", "%1invalid choice"))
end

-- A value of ses.cli.document as cjson would give it.
local function plain(value)
  local kind, copy = document.type(value), {}
  if kind == "array" then
    for i = 1, #value do copy[i] = plain(value[i]) end
  elseif kind == "object" then
    for _, name in ipairs(document.names(value)) do
      copy[name] = plain(document.get(value, name))
    end
  else
    return value
  end
  return copy
end

-- Parameters as the peer gives them.
local function comparable(service, name, value)
  local shape = core.shape(service, name)
  if shape.type == "timestamp" then
    return { ["$time"] = type(value) == "number" and value or core.parse_time(value, "iso8601") }
  elseif shape.type == "blob" then
    return { ["$bytes"] = core.encode_base64(value) }
  elseif type(value) ~= "table" then
    return value
  end
  local copy = {}
  for key, item in pairs(value) do
    local member = shape.member or shape.value
    for _, candidate in ipairs(shape.members or {}) do
      if candidate.name == key then member = candidate end
    end
    if item ~= document.null then
      copy[key] = comparable(service, member.shape, item)
    end
  end
  return copy
end

-- What a command line comes to here: {params, paging} or {kind, message}.
local function ours(case)
  local words = { "command" }
  for i, word in ipairs(case.argv) do words[i + 1] = word end
  local read, refusal = parameters.read(case.service, case.operation,
    argparse.command({}, words).rest, {})
  if not read then
    return { kind = refusal.kind, message = common(refusal.message, true) }
  elseif not read.params then
    return { printed = true }
  end
  local operation = core.operation(case.service, case.operation)
  local request, details = core.encode(core.handle(case.service, case.operation), read.params)
  if not request then
    return { kind = "param", message = common(faults.text(details, case.service, case.operation,
      read.given.document), true) }
  end
  local params = operation.input and comparable(case.service, operation.input, read.params) or {}
  return { params = params, paging = read.given.paging }
end

-- What it comes to there.
local function theirs(result)
  if result.printed then
    return { printed = true }
  elseif result.kind then
    return { kind = result.kind, message = common(result.message, is_newer) }
  end
  local paging
  if type(result.paging) == "table" then
    paging = { max_items = result.paging.MaxItems, page_size = result.paging.PageSize,
               starting_token = result.paging.StartingToken }
  end
  return { params = result.params, paging = paging }
end

-- Texts of shorthand: all that the examples are made of, in any order, and examples with
-- something put into them.
local EXAMPLES = {
  "a=b", "a=b,c=d", "a=b,c", "a=b,c,d=e", "a=[b,c],d={e=f,g=[h]}", "a='b c',d=\"e,f\"",
  "a={b={c=d}}",
  "a=b\\,c", "a=,b=c", "a= b , c = d ", "a=[]", "a={}", "a=[{b=c},{b=d}]", "Key=a,Value=b",
  "a='it\\'s',b=\"\\\"\"", "a=b=c", "a.b/c:d#e-f_g=1", "a=[ b , c ]", "a=\194\160b\226\128\131,c=d",
  "caf\195\169=\195\169", "a=\240\159\152\128", "a=b\n,c=d", "a=b,\nc=d,a=e", "a", "", "=", "a=b,",
  "a='b", "a=[b", "a={b", "a={b=c", "a=b,'c", "a=b]c", "a=b}c", "a=b\"c", "a=b'c", "a=b,c]d",
  "a=b\tc", "a=b,'c,d'e=f", "a=[b],a=c", "a={b=c,b=d}", "a=[[b],[c]]", "[a]", "{a=b}",
}
local PIECES = { "a", "b", "=", "=", ",", ",", "[", "]", "{", "}", "'", '"', "\\,", "\\'", '\\"',
                 " ", "\n", "\t", "-", ".", "c=d", "k={", "l=[", "'q'", "\195\169",
                 "\240\159\152\128", "\194\160", "\1", "\31", "^", "|", "~", "<", "\\x" }

local function random_texts(random)
  local texts = {}
  for i, example in ipairs(EXAMPLES) do texts[i] = example end
  for _ = 1, 400 do
    local example = random:pick(EXAMPLES)
    local at = random:int(0, #example)
    texts[#texts + 1] = example:sub(1, at) .. random:text(PIECES, 1, 2)
      .. example:sub(at + 1 + random:int(0, 1))
    texts[#texts + 1] = random:text(PIECES, 0, 12)
  end
  local valid = {}
  for _, text in ipairs(texts) do
    -- No half characters; and newer versions than Debian's read '\\' before a quote, and @,
    -- in another way.
    if core.valid_utf8(text) and not text:find("\\\\['\"]") then valid[#valid + 1] = text end
  end
  return valid
end

local WRONG = { "5", "1.5", '"x"', "{}", "[]", '{"a":1}', '["b"]', '"\\u00e4"', "-1" }

-- Two command lines for an operation: parameters as options, and in JSON or YAML, most
-- often with one value that is wrong, or with a member that is unknown.
local function random_lines(service, name, input, random, lines)
  local function add(argv)
    lines[#lines + 1] = { service = service, operation = name, argv = argv }
  end
  local params = samples.of(service, input, false, random:int(0, 50))
  add(command_lines.words(service, input, params, random))
  local places = walk.places(service, input, params)
  local wrong
  if places[1] and random:int(1, 3) > 1 then
    local place = random:pick(places)
    place.set(place.shape.type == "blob" and "MARK" or "TUFSSw==")
    wrong = random:int(1, 3) == 1 and '"x","Zzz":2' or random:pick(WRONG)
  end
  local text = command_lines.json(service, input, params)
  if wrong then
    add { "--cli-input-json", (text:gsub('"TUFSSw=="', function() return wrong end)) }
  else
    add { random:pick { "--cli-input-json", "--cli-input-yaml" }, text }
  end
end

-- Whether a shape here is what it is there: the AWS CLI's models may be others.
local function same_shape(service, name, described, known)
  local shape = core.shape(service, name)
  if known[name] then
    return true
  end
  known[name] = true
  local below = shape.members or { shape.member or shape.value }
  local within = shape.members and described.members or described.within
  if shape.type ~= described.type or #below ~= #within
      or (shape.min or false) ~= (described.min ~= cjson.null and described.min or false) then
    return false
  end
  for i, member in ipairs(below) do
    local other = within[i]
    if shape.members and member.name ~= other[1]
        or not same_shape(service, member.shape, shape.members and other[2] or other, known) then
      return false
    end
  end
  return true
end

-- The operations that are the same here and there: {name, input, options}.
local function same_operations(service, described)
  local same = {}
  for _, name in ipairs(core.service(service).operations) do
    local input, other = core.operation(service, name).input, described[name]
    if other and other.options ~= cjson.null and input and other.input ~= cjson.null
        and same_shape(service, input, other.input, {}) then
      same[#same + 1] = { name = name, input = input, options = other.options }
    end
  end
  return same
end

-- The options of an operation, those for paging left out where the AWS CLI has none.
local function options_of(service, name, paging)
  local found = {}
  for _, option in ipairs(parameters.options(service, name)) do
    if option.kind ~= "paging" or paging then
      found[#found + 1] = option.option
    elseif option.shadowed then
      found[#found + 1] = option.shadowed.option
    end
  end
  return found
end

local function contains(list, wanted)
  for _, item in ipairs(list) do
    if item == wanted then return true end
  end
  return false
end

local function shown(case)
  return case.service .. " " .. case.operation .. " " .. table.concat(case.argv, " | ")
end

-- Whether a result is the one that a row of the table of differences names.
local function check(row, case, result, who)
  local message = row.why .. "\n" .. who .. ": " .. shown(case)
  if type(row.wanted[1]) == "string" then
    assert.equal(row.wanted[1], result.kind, message)
    local wanted, at_end = row.wanted[2]:match("^(.-)(%$?)$")
    local found = result.message:find(wanted, 1, true)
    assert(found, message .. "\n" .. result.message)
    if at_end ~= "" then assert.equal(#result.message, found + #wanted - 1, message) end
  else
    assert.same(row.wanted, result.params, message .. "\n" .. tostring(result.message))
  end
end

local missing = peer.missing()

if clients.all_take_part and missing then
  pending("the AWS CLI's reading of parameters: " .. missing)
elseif clients.all_take_part then
  describe("like the AWS CLI", function()
    lazy_setup(function()
      local probe = peer.run { { action = "shorthand", text = "a" } }[1]
      is_newer = probe.message:find("\n a\n", 1, true) ~= nil
    end)

    it("reads shorthand", function()
      local texts, jobs, good = random_texts(randoms.new(20260802)), {}, 0
      for i, text in ipairs(texts) do jobs[i] = { action = "shorthand", text = text } end
      for i, result in ipairs(peer.run(jobs)) do
        local value, message = shorthand.parse(texts[i])
        assert.same(result.value, value and plain(value), texts[i])
        assert.equal(result.message and common(result.message, is_newer), message)
        good = good + (value and 1 or 0)
      end
      assert(#texts > 600 and good > 100 and #texts - good > 100)
    end)

    it("reads the command lines that people write", function()
      for i, result in ipairs(peer.commands(cases)) do
        assert.same(theirs(result), ours(cases[i]), shown(cases[i]))
      end
    end)

    it("reads command lines of all operations, and has their options", function()
      local random, lines = randoms.new(7), {}
      for _, service in ipairs { "ses", "sesv2" } do
        local described = peer.run { { action = "operations", service = service } }[1]
        local same = same_operations(service, described)
        assert(#same > 50, service)
        for _, operation in ipairs(same) do
          assert.same(operation.options, options_of(service, operation.name,
            contains(operation.options, "--starting-token")), operation.name)
          random_lines(service, operation.name, operation.input, random, lines)
        end
      end
      local refused = 0
      for i, result in ipairs(peer.commands(lines)) do
        local wanted, found = theirs(result), ours(lines[i])
        if found.message and found.message:find("that are not shown, for one may", 1, true) then
          found.message = wanted.message
        elseif found.message and found.message:find("(not shown: ", 1, true) then
          wanted.message = wanted.message:gsub("value: .-, type: ", "value: , type: ")
          found.message = found.message:gsub("value: .-, type: ", "value: , type: ")
        end
        assert.same(wanted, found, shown(lines[i]))
        refused = refused + (result.kind and 1 or 0)
      end
      assert(refused > 50 and #lines - refused > 150)
    end)

    it("differs where it is meant to", function()
      local folder = files.folder(finally)
      local rows, lines = differences.rows(folder), {}
      for i, row in ipairs(rows) do lines[i] = row[1] end
      for i, result in ipairs(peer.commands(lines)) do
        check({ why = rows[i].why, wanted = rows[i][2] }, lines[i], ours(lines[i]), "ses.cli")
        check({ why = rows[i].why, wanted = rows[i][3] }, lines[i], theirs(result), "the AWS CLI")
      end
    end)
  end)
end
