--- Web identity tokens: what a JWT claims. Nobody's signature is verified.
local core = require "ses.core"
local json = require "ses.emulator.json"

local M = {}

local function decode_base64url(text)
  local standard = text:gsub("-", "+"):gsub("_", "/")
  return core.decode_base64(standard .. ("="):rep(-#standard % 4))
end

--- The claims of a token.
---@param token string
---@return table|nil claims nil: it is not a JWT
function M.claims(token)
  local payload = token:match("^[A-Za-z0-9_-]+%.([A-Za-z0-9_-]+)%.[A-Za-z0-9_-]+$")
  local text = payload and decode_base64url(payload)
  local claims = text and json.decode(text)
  if type(claims) ~= "table" or json.is_array(claims) then
    return nil
  end
  return claims
end

return M
