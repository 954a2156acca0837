-- What oom.c runs out of memory in: a list of {name, setup}.  setup() loads
-- what it needs and returns the function under test, which returns its result
-- as text, or nil and a message.

local ACCESS_KEY = "AKIDEXAMPLE"
local SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

-- The same text for the same value, whatever order pairs takes.
local function dump(value)
  if type(value) ~= "table" then
    return tostring(value)
  end
  local parts = {}
  for key, item in pairs(value) do
    parts[#parts + 1] = tostring(key) .. "=" .. dump(item)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

local scenarios = {}

local function scenario(name, setup)
  scenarios[#scenarios + 1] = { name = name, setup = setup }
end

-- A scenario of ses.core alone: run(core, prepared) where prepare(core) is not
-- under test.
local function core_scenario(name, prepare, run)
  scenario(name, function()
    local core = require "ses.core"
    local prepared = prepare(core)
    return function()
      return run(core, prepared)
    end
  end)
end

-- The result of a function that gives it, or nil and an error table or list.
local function told(result, err)
  if result == nil then
    return nil, dump(err)
  end
  return dump(result)
end

scenario("require ses.core", function()
  return function()
    return type(require "ses.core")
  end
end)

scenario("require ses.curl", function()
  return function()
    return type(require "ses.curl")
  end
end)

local function handle(service, operation)
  return function(core)
    return core.handle(service, operation)
  end
end

local v1_params = { Identity = "example.com", MailFromDomain = "bounce.example.com",
                    BehaviorOnMXFailure = "RejectMessage" }

core_scenario("handle", handle("ses", "SendEmail"), function(core)
  return type(core.handle("sesv2", "SendEmail"))
end)

core_scenario("encode v1", handle("ses", "SetIdentityMailFromDomain"), function(core, op)
  return told(core.encode(op, v1_params))
end)

core_scenario("encode v1, nested", handle("ses", "SendEmail"), function(core, op)
  return told(core.encode(op, {
    Source = "sender@example.com",
    Destination = { ToAddresses = { "a@example.com", "b@example.com" } },
    Message = { Subject = { Data = ("s"):rep(300) }, Body = { Text = { Data = "\195\169" } } },
    Tags = { { Name = "a", Value = "b" } },
  }))
end)

core_scenario("encode v2", handle("sesv2", "PutEmailIdentityMailFromAttributes"),
  function(core, op)
    return told(core.encode(op, { EmailIdentity = "a b@example.com",
                                  MailFromDomain = "bounce.example.com",
                                  BehaviorOnMxFailure = "REJECT_MESSAGE" }))
  end)

core_scenario("encode v2, nested", handle("sesv2", "SendEmail"), function(core, op)
  return told(core.encode(op, {
    FromEmailAddress = "sender@example.com",
    Destination = { ToAddresses = { "a@example.com" } },
    Content = { Raw = { Data = ("\0\1\2"):rep(200) } },
    EmailTags = { { Name = "a", Value = "b" } },
  }))
end)

core_scenario("encode, everything wrong", handle("sesv2", "SendEmail"), function(core, op)
  local request, details = core.encode(op, {
    Destination = { ToAddresses = { "a", [3] = "b" } },
    Content = { Raw = { Data = 5 }, Simple = "no", Surprise = {} },
    EmailTags = { { Name = 0 / 0 } },
  })
  return told(details, request)
end)

require "spec.c.oom_signing"(core_scenario, dump, told)

local xml_headers = { ["content-type"] = "text/xml" }
local json_headers = { ["content-type"] = "application/json", ["x-amzn-requestid"] = "r" }

local function xml(entries)
  local text = { "<GetIdentityMailFromDomainAttributesResponse>",
                 "<GetIdentityMailFromDomainAttributesResult><MailFromDomainAttributes>" }
  for i = 1, entries do
    text[#text + 1] = ([[<entry><key>e%d.example.com</key><value>
      <MailFromDomain>bounce.e%d.example.com</MailFromDomain>
      <MailFromDomainStatus>Success</MailFromDomainStatus>
      <BehaviorOnMXFailure>RejectMessage &amp; more</BehaviorOnMXFailure>
      </value></entry>]]):format(i, i)
  end
  text[#text + 1] = "</MailFromDomainAttributes></GetIdentityMailFromDomainAttributesResult>"
  text[#text + 1] = "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
  text[#text + 1] = "</GetIdentityMailFromDomainAttributesResponse>"
  return table.concat(text)
end

core_scenario("decode XML", handle("ses", "GetIdentityMailFromDomainAttributes"),
  function(core, op)
    return told(core.decode(op, 200, xml_headers, xml(20)))
  end)

core_scenario("decode XML error", handle("ses", "SendEmail"), function(core, op)
  local _, err = core.decode(op, 400, xml_headers,
    "<ErrorResponse><Error><Type>Sender</Type><Code>MessageRejected</Code>" ..
    "<Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>")
  return told(err)
end)

core_scenario("decode XML, broken", handle("ses", "SendEmail"), function(core, op)
  local _, err = core.decode(op, 200, xml_headers, "<a><b>" .. ("x"):rep(300) .. "</a>")
  return told(err)
end)

local v2_answer = [[{"IdentityType":"DOMAIN","VerifiedForSendingStatus":true,
  "DkimAttributes":{"Tokens":["a","b"],"SigningEnabled":true},"Tags":[],
  "VerificationInfo":{"LastCheckedTimestamp":1440938160.5},
  "Policies":{"p":"{}"},"MailFromAttributes":{"MailFromDomain":"bounce.example.com",
  "MailFromDomainStatus":"SUCCESS","BehaviorOnMxFailure":"REJECT_MESSAGE"}}]]

core_scenario("decode JSON", handle("sesv2", "GetEmailIdentity"), function(core, op)
  return told(core.decode(op, 200, json_headers, v2_answer))
end)

core_scenario("decode JSON error", handle("sesv2", "GetEmailIdentity"), function(core, op)
  local _, err = core.decode(op, 404,
    { ["content-type"] = "application/json", ["x-amzn-errortype"] = "NotFoundException:" },
    [[{"message":"no such identity"}]])
  return told(err)
end)

core_scenario("decode JSON, broken", handle("sesv2", "GetEmailIdentity"), function(core, op)
  local _, err = core.decode(op, 200, json_headers, [[{"Tags":[}]])
  return told(err)
end)

scenario("lua-cjson alone", function()
  local cjson = require "cjson"
  return function()
    return dump(cjson.decode(v2_answer))
  end
end)

core_scenario("reflection", function() end, function(core)
  local names = #core.services() + #core.service("sesv2").operations
  return names .. dump(core.operation("ses", "ListIdentities")) ..
    dump(core.shape("sesv2", "SendEmailRequest"))
end)

core_scenario("codecs", function() end, function(core)
  return core.encode_base64(("x"):rep(500)) .. core.decode_base64("YWJj") ..
    core.encode_percent("a b") .. core.decode_percent("a%20b") .. core.sha256("x") ..
    core.sha1("x") .. #core.random(32) .. core.format_time(1440938160, "iso8601") ..
    core.parse_time("20150830T123600Z", "basic")
end)

core_scenario("small files", function() end, function(core)
  local path = "/tmp/ses-oom-" .. PORT .. ".file"
  local done, reason = core.replace_file(path, ("x"):rep(40000))
  local text = done and core.measure_file(path, 50000) and core.read_file(path, 50000)
  os.remove(path)
  return text and tostring(#text), reason
end)

core_scenario("log file", function()
  local path = "/tmp/ses-oom-" .. PORT .. ".log"
  os.remove(path)
  return path
end, function(core, path)
  local log, message = core.open_log(path)
  if not log then
    return nil, message
  end
  assert(log:append("one") and log:append("two") and log:truncate(5) and log:sync())
  local other, locked = core.open_log(path)
  local text = dump { log:read(100), log:size(), other, locked, select(2, log:read(1)),
                      select(2, core.open_log("/dev/null")) }
  log:close()
  os.remove(path)
  return text
end)

core_scenario("spawn", function() end, function(core)
  local process, message = core.spawn({ "sh", "-c", "echo out; head -c 9000 /dev/zero; exit 3" },
                                      { max_output = 10000 })
  if not process then
    return nil, message
  end
  local result = process:step()
  while not result do
    result = process:step()
  end
  return dump(result):gsub("%z", "0")
end)

core_scenario("spawn, refused", function() end, function(core)
  return select(2, core.spawn { "/nowhere/program" })
end)

-- What a build without c-ares lacks.
local function dns_scenario(name, run)
  local has_dns, dns = pcall(require, "ses.dns")
  if has_dns then
    scenario(name, function()
      return function()
        return run(dns)
      end
    end)
  end
end

dns_scenario("dns, decoded", function(dns)
  return told(dns.decode("\0\1\129\128\0\0\0\2\0\0\0\0\1x\0\0\16\0\1\0\0\0\60\0\4\1a\1b"
    .. "\192\12\0\15\0\1\0\0\0\60\0\6\0\10\1m\192\12", "TXT"))
end)

-- Nothing listens on port 1; c-ares gives no reason of its own for what it
-- could not do for want of memory.
dns_scenario("dns, refused", function(dns)
  local _, err = dns.new { servers = { "127.0.0.1:1", "[::1]:1" }, timeout = 1 }
    :query("bounce.example.com", "MX")
  return err.code == "NETWORK" and err.code or nil, err.code .. ": c-ares has no memory"
end)

-- A client whose requests end in this process, after everything is verified.
local function emulated(service)
  local ses = require "ses"
  local emulator = ses.emulator.new()
  local client = ses.client(service, {
    region = "us-east-1", transport = emulator:transport(), rate = false, retry = { mode = "off" },
  })
  return ses, client
end

scenario("client v1, emulator", function()
  local ses, client = emulated("ses")
  ses.check(client:verify_domain_identity { Domain = "example.com" })
  return function()
    local result, err = client:set_identity_mail_from_domain(v1_params)
    return result and "set", tostring(err)
  end
end)

scenario("client v2, emulator", function()
  local ses, client = emulated("sesv2")
  ses.check(client:create_email_identity { EmailIdentity = "example.com" })
  return function()
    local result, err = client:get_email_identity { EmailIdentity = "example.com" }
    return result and dump(result.MailFromAttributes), tostring(err)
  end
end)

scenario("client, invalid parameters", function()
  local _, client = emulated("sesv2")
  return function()
    local result, err = client:get_email_identity { EmailIdentity = 5, Surprise = 1 }
    return tostring(err), tostring(result)
  end
end)

-- What libcurl says that it could not do is, at times, for want of memory.
local SHORT = { OutOfMemory = true, NameResolution = true, ConnectionFailed = true }

local function remote(port)
  local ses = require "ses"
  return ses.client("ses", {
    region = "us-east-1", endpoint = "http://127.0.0.1:" .. port, rate = false,
    retry = { mode = "off" },
    credentials = { access_key_id = ACCESS_KEY, secret_access_key = SECRET_KEY },
  })
end

-- Nothing listens on port 1 of the loopback interface.
scenario("client, refused connection", function()
  local client = remote(1)
  return function()
    local _, err = client:get_send_quota()
    if SHORT[err.code] then
      return nil, err.code .. ": libcurl has no memory"
    end
    return err.code, tostring(err)
  end
end)

local function ask(client)
  local result, err = client:get_identity_mail_from_domain_attributes {
    Identities = { "example.com" },
  }
  if result then
    return result.MailFromDomainAttributes["example.com"].MailFromDomain
  end
  return nil, SHORT[err.code] and err.code .. ": libcurl has no memory" or tostring(err)
end

scenario("client, libcurl", function()
  local client = remote(PORT)
  return function()
    return ask(client)
  end
end)

-- The second request finds the connection that the first one left.
scenario("client, connection kept", function()
  local client = remote(PORT)
  assert(ask(client))
  return function()
    return ask(client)
  end
end)

-- A handle with what start needs.
local function carrier()
  local multi = require("ses.curl").new()
  local settings = multi:settings {}
  local headers = { ["Content-Type"] = "text/plain" }
  return multi, function(method)
    return assert(multi:start(settings, method, "http://127.0.0.1:" .. PORT .. "/", headers,
                              "a body that is not a literal " .. tostring(settings), 60))
  end
end

-- Takes all that was started; returns the texts of the outcomes.
local function drain(multi)
  local texts, short = {}, nil
  while multi:running() > 0 do
    multi:step(1)
    local id, response, err = multi:take()
    if err and SHORT[err.code] then
      short = err.code .. ": libcurl has no memory"
    elseif id then
      texts[#texts + 1] = response and response.status .. #response.body or dump(err)
    end
  end
  if short then
    return nil, short
  end
  return table.concat(texts, " ")
end

-- What ran out of memory leaves a handle that can be used.
scenario("start, step, take", function()
  local multi, start = carrier()
  local function round()
    for _ = 1, 2 do
      start("POST")
    end
    start("")
    return drain(multi)
  end
  return function()
    local good, text = pcall(round)
    if not (good and text) then
      for _ = 1, 4 do -- each raise takes one of them at most
        pcall(drain, multi)
      end
      return round()
    end
    return text
  end
end)

scenario("start, cancel, close", function()
  local multi, start = carrier()
  return function()
    local first, second, third = start("POST"), start("POST"), start("")
    start("POST")
    multi:step()
    local text = dump { multi:cancel(second), multi:cancel(third), multi:cancel(third),
                        multi:cancel(first), multi:running() }
    start("POST")
    multi:step()
    multi:close()
    return text
  end
end)

return scenarios
