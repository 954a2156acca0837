--- What an access key says of itself.
local M = {}

local DIGITS = {}
for i = 1, 32 do
  DIGITS[("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):byte(i)] = i - 1
end

-- After the prefix come 16 characters of base32. Of their first six bytes the
-- highest bit says that there is an account number, and the next 40 are it;
-- keys from before 2019 lack the bit. Ten characters are 50 bits, which a
-- double holds.
local PATTERN = "^A[KS]IA(" .. ("[A-Z2-7]"):rep(10) .. ")" .. ("[A-Z2-7]"):rep(6) .. "$"
local FLAG = 562949953421312 -- 2 ^ 49, without the tables of libm that a power maps
local BELOW_NUMBER = 512 -- 2 bits of a seventh byte, 7 of the sixth

--- The account that an access key ID belongs to.
---@param id string
---@return string|nil account 12 digits; nil: the ID does not say
function M.account(id)
  local text = type(id) == "string" and id:match(PATTERN)
  if not text then
    return nil
  end
  local bits = 0
  for i = 1, #text do
    bits = bits * 32 + DIGITS[text:byte(i)]
  end
  local number = math.floor((bits - FLAG) / BELOW_NUMBER)
  if number < 0 or number >= 1e12 then
    return nil
  end
  return ("%012.0f"):format(number)
end

--- Whether an access key ID is that of temporary credentials.
---@param id any
---@return boolean
function M.is_temporary(id)
  return type(id) == "string" and id:find("^ASIA") ~= nil
end

--- Whether a secret access key looks like a password of SES's SMTP interface:
--- 33 bytes in base64, of which the first, the version of the scheme, is 4.
---@param secret string
---@return boolean
function M.is_smtp_password(secret)
  return #secret == 44 and secret:find("^B[A-P][A-Za-z0-9+/]*$") ~= nil
end

return M
