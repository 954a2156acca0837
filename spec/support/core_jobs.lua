-- Things that ses.core does, each with the same outcome every time.

local core = require "ses.core"
local responses = require "spec.support.responses"
local samples = require "spec.support.samples"

local M = {}

--- The same text for the same value.
---@param value any
---@return string
function M.dump(value)
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for key, item in pairs(value) do parts[#parts + 1] = tostring(key) .. "=" .. M.dump(item) end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

local function encoder(service, operation)
  local handle = core.handle(service, operation)
  local params = samples.of(service, core.operation(service, operation).input, false)
  return function() return core.encode(handle, params) end
end

local function decoder(service, operation)
  local handle = core.handle(service, operation)
  local answer = responses.result(service, operation,
    samples.of(service, core.operation(service, operation).output, false))
  return function() return core.decode(handle, 200, answer.headers, answer.body) end
end

local endpoint = { origin = "https://example.com", host = "example.com", path = "/base" }
local credentials = { access_key_id = "AKIDEXAMPLE", secret_access_key = "secret",
                      session_token = "token" }

local function signer(path, region)
  local request = { method = "POST", path = path, query = "b=2&a=1", body = path,
                    headers = { ["Content-Type"] = "text/plain" } }
  return function()
    return { core.sign(request, endpoint, region, "ses", credentials, 1440938160),
             core.presign(request, endpoint, region, "ses", credentials, 1440938160, 60) }
  end
end

---@type (fun(): any)[]
M.list = {
  encoder("ses", "SendEmail"), encoder("sesv2", "SendEmail"),
  encoder("sesv2", "BatchGetMetricData"), encoder("sesv2", "UntagResource"),
  encoder("sso", "GetRoleCredentials"),
  decoder("ses", "GetIdentityMailFromDomainAttributes"), decoder("sesv2", "GetEmailIdentity"),
  signer("/short", "us-east-1"), signer("/" .. ("long"):rep(2000), "eu-west-1"),
  function()
    return core.sigv4 { method = "GET", path = "/a/../b", query = "b=1&a=2", region = "r",
      headers = { { "host", "h" } }, service = "s", time = 0, secret_access_key = "x" }
  end,
  -- A signature of SigV4A is another one each time.
  function()
    local signed = core.sigv4 { method = "GET", path = "/", query = "", region_set = "*",
      headers = { { "host", "h" } }, service = "s", time = 0, access_key_id = "id",
      secret_access_key = "x" }
    local x, y = core.sigv4a_public_key("id", "x")
    return { x, y, core.verify_sigv4a(x, y, signed.string_to_sign, signed.signature) }
  end,
  function() return core.smtp_password("secret", "eu-west-1") end,
  function()
    return select(2, core.encode(core.handle("sesv2", "SendEmail"),
      { Surprise = 1, Content = { Raw = 5 }, EmailTags = { [3] = 4 } }))
  end,
  function()
    return select(2, core.decode(core.handle("ses", "ListIdentities"), 200, {}, "<a></b>"))
  end,
  function()
    return select(2, core.decode(core.handle("sesv2", "GetAccount"), 200, {}, "{]"))
  end,
  function() return core.decode_base64(core.encode_base64(("b"):rep(1000))) end,
  function() return core.shape("sesv2", "SendEmailRequest") end,
}

--- The outcome of every job, as text.
---@return string[]
function M.outcomes()
  local outcomes = {}
  for i, job in ipairs(M.list) do outcomes[i] = M.dump(job()) end
  return outcomes
end

return M
