-- Signatures of random requests against botocore's and curl's.

local botocore = require "spec.support.botocore"
local cjson = require "cjson"
local core = require "ses.core"
local random = require "spec.support.random"
local samples = require "spec.support.samples"
local shell = require "spec.support.shell"
local wire = require "spec.support.wire"

local ID = "AKIDEXAMPLE"
local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

local pieces = {
  "a", "Z", "0", "@", ":", "/", "+", "%", "~", "*", " ", "-", "_", ".", "=", "&", "?", "#", "'",
  "(", "!", "$", ",", ";", "\195\169", "\226\130\172", "\240\159\152\185", "%2F", "example.com",
}

local function identity(r)
  local text = r:text(pieces, 1, 12)
  return (text == "." or text == "..") and "x" or text
end

-- Each makes the params of an operation of SES API v1 or v2.
local v1 = {
  SetIdentityMailFromDomain = function(r)
    return { Identity = identity(r), MailFromDomain = identity(r),
             BehaviorOnMXFailure = r:pick { "UseDefaultValue", "RejectMessage" } }
  end,
  GetIdentityMailFromDomainAttributes = function(r)
    local list = {}
    for i = 1, r:int(0, 4) do list[i] = identity(r) end
    return { Identities = list }
  end,
  SendEmail = function(r) return samples.of("ses", "SendEmailRequest", false, r:int(0, 99)) end,
  GetSendQuota = function() return {} end,
}
local v2 = {
  PutEmailIdentityMailFromAttributes = function(r)
    return { EmailIdentity = identity(r), MailFromDomain = identity(r) }
  end,
  GetEmailIdentity = function(r) return { EmailIdentity = identity(r) } end,
  DeleteContact = function(r)
    return { ContactListName = identity(r), EmailAddress = identity(r) }
  end,
  UntagResource = function(r)
    local keys = {}
    for i = 1, r:int(1, 5) do keys[i] = identity(r) end
    return { ResourceArn = identity(r), TagKeys = keys }
  end,
  ListSuppressedDestinations = function(r)
    return { StartDate = r:int(0, 2 ^ 31 - 1), NextToken = identity(r), PageSize = r:int(1, 9) }
  end,
  SendEmail = function(r) return samples.of("sesv2", "SendEmailRequest", false, r:int(0, 99)) end,
}

local function sorted(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- A random request and all that is signed with it.
local function make(r, i)
  local service, operations = "ses", v1
  if i % 2 == 0 then service, operations = "sesv2", v2 end
  local name = r:pick(sorted(operations))
  local host = r:pick { "email.us-east-1.amazonaws.com", "localhost:4579", "127.0.0.1:8080" }
  return {
    name = service .. "." .. name,
    request = assert(core.encode(core.handle(service, name), operations[name](r))),
    endpoint = { origin = (r:int(0, 1) == 0 and "https://" or "http://") .. host, host = host,
                 path = r:pick { "", "/base", "/a%20b/c" } },
    region = r:pick { "us-east-1", "eu-central-1", "us-gov-west-1" },
    credentials = { access_key_id = ID, secret_access_key = SECRET,
                    session_token = r:int(0, 2) == 0 and "FwoGZXIvYXdzE//+=" or nil },
    time = r:int(0, 2 ^ 31 - 1),
  }
end

-- What botocore's query form cannot sign: it moves a body to the query, and
-- keeps one parameter of each name.
local function is_beyond_botocore(request)
  local seen = {}
  for name in request.query:gmatch("([^&=]+)=") do
    if seen[name] then return true end
    seen[name] = true
  end
  return request.body ~= nil
end

local function job_of(made, url, headers)
  return {
    action = "sign", method = made.request.method, url = url, headers = headers,
    body = core.encode_base64(made.request.body or ""), region = made.region, service = "ses",
    access_key_id = ID, secret_access_key = SECRET,
    session_token = made.credentials.session_token, time = made.time,
  }
end

describe("signatures of random requests", function()
  local function not_here()
    local missing = botocore.missing(false)
    if missing then pending(missing) end
  end

  it("are botocore's", function()
    not_here()
    local r, jobs, ours, what = random.new(20150830), {}, {}, {}
    for i = 1, 500 do
      local made = make(r, i)
      local signed = assert(core.sign(made.request, made.endpoint, made.region, "ses",
        made.credentials, made.time))
      jobs[i] = job_of(made, signed.url, made.request.headers)
      ours[i], what[i] = signed.headers.Authorization, made.name
    end
    local problems = {}
    for i, wanted in ipairs(botocore.run(jobs)) do
      local theirs = wanted.headers and wanted.headers.Authorization or wanted.failed
      if theirs ~= ours[i] then
        problems[#problems + 1] = ("%d %s: %s against %s"):format(i, what[i], ours[i], theirs)
      end
    end
    assert.same({}, problems)
  end)

  it("are botocore's in the query form", function()
    not_here()
    local r, jobs, ours = random.new(4579), {}, {}
    while #jobs < 100 do
      local made = make(r, 2)
      if not is_beyond_botocore(made.request) then
        local signed = assert(core.presign(made.request, made.endpoint, made.region, "ses",
          made.credentials, made.time, 900))
        local job = job_of(made, signed.url:gsub("[?&]X%-Amz%-Algorithm=.*$", ""), {})
        job.expires = 900
        jobs[#jobs + 1], ours[#ours + 1] = job, signed.url
      end
    end
    for i, wanted in ipairs(botocore.run(jobs)) do
      local path, query = wire.split(ours[i])
      local their_path, their_query = wire.split(wanted.url)
      assert.equal(their_path, path)
      assert.same(wire.pairs(their_query), wire.pairs(query))
    end
  end)

  it("are curl's for API v1", function()
    local python = botocore.python() or (shell.has "python3" and "python3")
    if not python or not shell.has "curl" then
      pending("python3 or curl is not installed: nothing is compared with curl")
    end
    local r, requests, lines = random.new(2010), {}, {}
    for i = 1, 250 do
      local name = r:pick(sorted(v1))
      requests[i] = assert(core.encode(core.handle("ses", name), v1[name](r)))
      lines[i] = core.encode_base64(requests[i].body) .. "\n"
    end
    local name = os.tmpname()
    local file = assert(io.open(name, "wb"))
    file:write(table.concat(lines))
    file:close()
    local output, status = shell.run(("%s spec/support/curl_sigv4.py %s %s eu-west-1 ses %s <%s"):
      format(python, ID, shell.quote(SECRET), shell.quote(requests[1].headers["Content-Type"]),
        name))
    os.remove(name)
    assert.equal(0, status, output)
    local i, host = 0, nil
    for line in output:gmatch("[^\n]+") do
      if not host then
        host = "127.0.0.1:" .. line
      else
        i = i + 1
        local sent = wire.lower(cjson.decode(line))
        local signed = assert(core.sign(requests[i], { origin = "http://" .. host, host = host },
          "eu-west-1", "ses", { access_key_id = ID, secret_access_key = SECRET },
          core.parse_time(sent["x-amz-date"], "basic")))
        assert.equal(sent.authorization, signed.headers.Authorization)
      end
    end
    assert.equal(250, i)
  end)
end)
