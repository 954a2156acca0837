-- sesctl beside the AWS CLI: the same command lines, from the words to the exit code, in
-- front of the same answers. Once in a test run, on Lua 5.4.

local botocore = require "spec.support.botocore"
local cases = require "spec.support.interop.whole_commands"
local cjson = require "cjson"
local clients = require "spec.support.interop.clients"
local core = require "ses.core"
local command_lines = require "spec.support.interop.command_lines"
local deep_equal = require("luassert.util").deepcompare
local differences = require "spec.support.interop.whole_differences"
local names = require "ses.names"
local peer = require "spec.support.interop.cli_peer"
local randoms = require "spec.support.random"
local responses = require "spec.support.responses"
local runner = require "spec.support.interop.command_runner"
local samples = require "spec.support.samples"

local FORMATS = { "json", "text", "table", "yaml", "yaml-stream" }
local SERVICES = { "ses", "sesv2" }

-- What the AWS CLI leaves out of its commands: the API has it, and so has sesctl.
local LEFT_OUT = { DeleteVerifiedEmailAddress = true, ListVerifiedEmailAddresses = true,
                   VerifyEmailAddress = true }

local function operations(service)
  local list = {}
  for _, name in ipairs(core.service(service).operations) do
    list[#list + 1] = not LEFT_OUT[name] and name or nil
  end
  return list
end

local function replaced(text, patterns)
  for _, pattern in ipairs(patterns) do
    text = text:gsub(pattern[1], pattern[2])
  end
  return text
end

-- What standard error says, without what differs between the programs, and between
-- Debian's version of the AWS CLI and newer ones.
local function said(text)
  text = replaced(text, {
    { "usage: %l+ %[options%] <command> [^\n]*\nTo see help.-<subcommand> help\n", "" },
    { "^\n+", "" }, { "\n+$", "" }, { "^sesctl: %[ERROR%]: ", "" }, { "^aws: error: ", "" },
    { "^An error occurred %(ParamValidation%): ", "" },
    -- What sesctl says beyond the AWS CLI's message.
    { "(Invalid %u+ received%.)\n%b()$", "%1" },
    { "(Unknown options: .-)\n\nMaybe you meant:\n.*$", "%1" },
    { "(http://127%.0%.0%.1:)%d+/%l+/%d+", "%1" },
    { "(Expected: '.-', received: '.-' for input:\n) ?(.*\n) ?", "%1%2" },
  })
  local argument = text:match "^(argument [^:]*: )Invalid choice, valid choices are:"
    or text:match "^(argument [^:]*: )Found invalid choice"
  if not argument then
    return text .. "\n"
  end
  local meant = text:match "[Mm]aybe you meant:\n\n(.*)$"
  return argument .. (meant or "")
end

local function decoded(text)
  local list = {}
  for name, value in (text or ""):gmatch "([^=&]+)=([^&]*)" do
    list[#list + 1] = core.decode_percent((name .. "=" .. value):gsub("%+", " "))
  end
  table.sort(list)
  return list
end

-- Requests as they are compared.
local function wire(requests)
  local list = {}
  for i, request in ipairs(requests) do
    local kind = request.type ~= cjson.null and request.type or nil
    local path, query = request.path:match "^([^?]*)%??(.*)$"
    local body = request.body
    if kind and kind:find "^application/x%-www" then
      body = decoded(body)
    elseif kind == "application/json" then
      body = cjson.decode(body)
    end
    list[i] = { request.method, core.decode_percent(path), decoded(query), kind, body,
                request.signed }
  end
  return list
end

-- What came of a line, as it is compared.
local function outcome(result)
  return { status = result.status, out = result.out, errors = said(result.errors),
           requests = wire(result.requests) }
end

-- Each operation with parameters and a result, the formats in turn.
local function of_all_operations()
  local random, list = randoms.new(11), {}
  for _, service in ipairs(SERVICES) do
    for i, name in ipairs(operations(service)) do
      local operation = core.operation(service, name)
      local format = FORMATS[i % #FORMATS + 1]
      local params = operation.input and samples.of(service, operation.input, false, i)
      if params then
        params.EndpointId = nil -- means nothing to Debian's version
        -- Unknown words, which are not shown: see whole_differences.lua.
        params.AdditionalContactEmailAddresses = nil
      end
      local words = params and command_lines.words(service, operation.input, params, random) or {}
      local result = operation.output and samples.of(service, operation.output, false, i)
      if operation.pager then
        result[operation.pager.output_token] = nil
      end
      if result then
        result.Errors = nil -- see whole_differences.lua
      end
      local reply = responses.result(service, name, result)
      -- Letters beyond ASCII have no capitals here: see cli_output_spec.lua.
      format = format == "text" and reply.body:find "[\128-\255]" and "json" or format
      local argv = { service, names.kebab(name), "--output", format }
      for _, word in ipairs(words) do
        argv[#argv + 1] = word
      end
      list[#list + 1] = { argv = argv, replies = { reply } }
    end
  end
  return list
end

local function shown(case)
  return case.line or table.concat(case.argv, " | ")
end

-- Whether a difference is the one that its row names.
local function check(row, theirs, ours)
  local why = row[1] .. "\n" .. row[2]
  for _, name in ipairs { "status", "out", "errors", "requests" } do
    local wanted, a, b = row[name], theirs[name], ours[name]
    if not wanted then
      assert.same(a, b, why)
    elseif name == "status" then
      assert.same(wanted, { a, b }, why)
    elseif name == "requests" then
      assert.same(wanted, { #a, #b }, why)
    else
      assert.truthy(a:find(wanted[1], 1, true), why .. "\n" .. a)
      assert.truthy(b:find(wanted[2], 1, true), why .. "\n" .. b)
    end
    assert.truthy(not wanted or tostring(wanted[1]) ~= tostring(wanted[2]), why)
  end
end

local missing = peer.missing()
if not missing and not botocore.has_own_models() then
  missing = "the models of the tables are not there: make gen-check fetches them"
end

if clients.all_take_part and missing then
  pending("the AWS CLI beside sesctl: " .. missing)
elseif clients.all_take_part then
  describe("beside the AWS CLI sesctl #long", function()
    -- Keys of samples are none that an enum has.
    local function without_warnings(of)
      of.errors = of.errors:gsub("sesctl: %[WARNING%]: [^\n]*\n", "")
      of.errors = of.errors == "" and "\n" or of.errors
      return of
    end

    local function compare(list)
      local succeeded, differing, first = 0, {}, nil
      for i, result in ipairs(runner.run(list)) do
        local theirs, ours = outcome(result.aws), without_warnings(outcome(result.sesctl))
        succeeded = succeeded + (theirs.status == 0 and 1 or 0)
        if not deep_equal(theirs, ours) then
          differing[#differing + 1] = shown(list[i])
          first = first or { theirs, ours }
        end
      end
      if first then
        assert.same(first[1], first[2], table.concat(differing, "\n"))
      end
      return succeeded
    end

    it("does the same", function()
      local succeeded = compare(cases)
      assert.truthy(#cases > 250 and succeeded > 120 and #cases - succeeded > 100,
        succeeded .. " of " .. #cases .. " lines succeed")
    end)

    it("does the same with every operation", function()
      -- Some words of samples begin with a hyphen, and are refused alike.
      local list = of_all_operations()
      local succeeded = compare(list)
      assert.truthy(#list > 180 and succeeded > 160, succeeded .. " of " .. #list .. " succeed")
    end)

    it("prints the same skeletons for every command", function()
      local lines, forms = {}, {}
      for _, service in ipairs(SERVICES) do
        for i, name in ipairs(operations(service)) do
          lines[#lines + 1] = { service, names.kebab(name), "--generate-cli-skeleton" }
          forms[#forms + 1] = "input"
          if i % 4 == 0 then
            lines[#lines + 1] = { service, names.kebab(name), "--generate-cli-skeleton",
                                  "yaml-input" }
            forms[#forms + 1] = "yaml-input"
          end
        end
      end
      local printed = runner.print(lines)
      for i, line in ipairs(lines) do
        local theirs, ours = printed[i].aws, printed[i].sesctl
        if forms[i] == "yaml-input" then -- the comments are our own
          theirs, ours = theirs:gsub(" #[^\n]*", " #"), ours:gsub(" #[^\n]*", " #")
        end
        assert.equal(theirs, ours, table.concat(line, " "))
        assert.truthy(#ours > 2)
      end
    end)

    it("differs where it is meant to", function()
      local list = {}
      for i, row in ipairs(differences) do
        local replies = row[3]
        list[i] = { line = row[2], replies = replies and (replies[1] and replies or { replies }),
                    env = row.env, endpoint = row.endpoint }
      end
      for i, result in ipairs(runner.run(list)) do
        check(differences[i], outcome(result.aws), outcome(result.sesctl))
      end
    end)
  end)
end
