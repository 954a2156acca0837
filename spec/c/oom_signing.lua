-- What oom.c runs out of memory in: signatures, and what is derived from keys.

local ACCESS_KEY = "AKIDEXAMPLE"
local SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local TIME = 1440938160 -- 2015-08-30T12:36:00Z

local request = {
  method = "POST", path = "/", query = "",
  headers = { ["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8" },
  body = "Action=GetSendQuota&Version=2010-12-01",
}
local endpoint = { origin = "https://email.us-east-1.amazonaws.com",
                   host = "email.us-east-1.amazonaws.com", path = "" }
local credentials = { access_key_id = ACCESS_KEY, secret_access_key = SECRET_KEY,
                      session_token = "token" }
local everywhere = { origin = "https://abc.endpoints.email.amazonaws.com",
                     host = "abc.endpoints.email.amazonaws.com", path = "", region_set = "*" }

--- Adds the scenarios; the arguments are oom.lua's own functions.
---@param core_scenario function
---@param dump function
---@param told function
return function(core_scenario, dump, told)
  -- A signature of SigV4A is another one each time.
  local function masked(signed, message)
    if not signed then
      return nil, message
    end
    return (dump(signed):gsub("Signature=%x+", "Signature="))
  end

  core_scenario("sign", function() end, function(core)
    return told(core.sign(request, endpoint, "us-east-1", "ses", credentials, TIME))
  end)

  -- The second signature finds the derived key that the first one left.
  core_scenario("sign, key cached", function(core)
    core.sign(request, endpoint, "us-east-1", "ses", credentials, TIME)
  end, function(core)
    return told(core.sign(request, endpoint, "us-east-1", "ses", credentials, TIME))
  end)

  core_scenario("presign", function() end, function(core)
    return told(core.presign(request, endpoint, "us-east-1", "ses", credentials, TIME, 60))
  end)

  core_scenario("sign, refused", function() end, function(core)
    local signed, message = core.sign(request, endpoint, "us\neast", "ses", credentials, TIME)
    return told(message, signed)
  end)

  core_scenario("sigv4", function() end, function(core)
    return told(core.sigv4 {
      method = "GET", path = "/a/../b%20c", query = "b=2&a=1",
      headers = { { "Host", "example.amazonaws.com" }, { "X-Amz-Date", "20150830T123600Z" } },
      body = "", region = "us-east-1", service = "service", time = "20150830T123600Z",
      access_key_id = ACCESS_KEY, secret_access_key = SECRET_KEY,
    })
  end)

  core_scenario("sign, SigV4A", function() end, function(core)
    return masked(core.sign(request, everywhere, "us-east-1", "ses", credentials, TIME))
  end)

  core_scenario("sign, SigV4A, key cached", function(core)
    core.sign(request, everywhere, "us-east-1", "ses", credentials, TIME)
  end, function(core)
    return masked(core.sign(request, everywhere, "us-east-1", "ses", credentials, TIME))
  end)

  core_scenario("presign, SigV4A", function() end, function(core)
    return masked(core.presign(request, everywhere, "us-east-1", "ses", credentials, TIME, 60))
  end)

  core_scenario("sigv4a_public_key", function() end, function(core)
    return dump { core.sigv4a_public_key(ACCESS_KEY, SECRET_KEY) }
  end)

  core_scenario("verify_sigv4a", function(core)
    local found = core.sigv4 {
      method = "GET", path = "/", query = "", headers = { { "Host", "example.amazonaws.com" } },
      region_set = "us-east-1", service = "service", time = "20150830T123600Z",
      access_key_id = ACCESS_KEY, secret_access_key = SECRET_KEY,
    }
    local x, y = core.sigv4a_public_key(ACCESS_KEY, SECRET_KEY)
    return { x = x, y = y, text = found.string_to_sign, signature = found.signature }
  end, function(core, given)
    return dump { core.verify_sigv4a(given.x, given.y, given.text, given.signature),
                  core.verify_sigv4a(given.x, given.y, given.text .. "x", given.signature),
                  core.verify_sigv4a(given.x, given.y, given.text, given.signature .. "00") }
  end)

  core_scenario("smtp_password", function() end, function(core)
    return core.smtp_password(SECRET_KEY, "us-east-1")
  end)
end
