--- Which customer asks. In your product, this is whoever is logged in; here, it is
--- whoever has a cookie, which holds 16 random bytes.
local M = {}

local function to_hex(bytes)
  return (bytes:gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end))
end

local function secret()
  local value = ngx.var.cookie_customer
  return value and value:find("^" .. ("%x"):rep(32) .. "$") and value or nil
end

--- The customer's name for identities in SES, which tells nobody the cookie.
---@return string|nil nil: nobody is logged in
function M.name()
  local value = secret()
  return value and to_hex(ngx.sha1_bin(value))
end

--- Sees to it that the visitor has a name from the next request on.
function M.welcome()
  if secret() then
    return
  end
  local random = assert(io.open("/dev/urandom", "rb"))
  local value = to_hex(assert(random:read(16)))
  random:close()
  ngx.header["Set-Cookie"] = "customer=" .. value .. "; Path=/; Max-Age=31536000; HttpOnly;"
    .. " SameSite=Lax" .. (ngx.var.scheme == "https" and "; Secure" or "")
end

return M
