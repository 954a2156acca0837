--- Addresses as texts: their forms, and which of them a proxy must never see.
local ffi = require "ffi"

local M = {}

-- Under names of our own, see ses.resty.clock.
ffi.cdef [[
int ses_inet_aton(const char *text, unsigned char *address) __asm__("inet_aton");
int ses_inet_pton(int family, const char *text, unsigned char *address) __asm__("inet_pton");
]]

local AF_INET6 = ({ Linux = 10, OSX = 30, BSD = 28 })[ffi.os] or 10

local bytes = ffi.new("unsigned char[16]")

-- "127.0.0.1" of any of the forms that an IPv4 address is written in, such as
-- "127.1" and "0x7f000001".
local function read_v4(name)
  if not name:find("^[%x.xX]+$") or ffi.C.ses_inet_aton(name, bytes) == 0 then
    return nil
  end
  return ("%d.%d.%d.%d"):format(bytes[0], bytes[1], bytes[2], bytes[3])
end

-- The eight groups of an IPv6 address, as "fd00:ec2:0:0:0:0:0:254".
local function read_v6(name)
  if ffi.C.ses_inet_pton(AF_INET6, name, bytes) ~= 1 then
    return nil
  end
  local groups = {}
  for i = 0, 7 do
    groups[i + 1] = ("%x"):format(bytes[2 * i] * 256 + bytes[2 * i + 1])
  end
  return table.concat(groups, ":")
end

-- What hands out credentials to this machine.
local SERVICES = {
  ["169.254.169.254"] = true, ["169.254.170.2"] = true, ["169.254.170.23"] = true,
  ["fd00:ec2:0:0:0:0:0:254"] = true, ["fd00:ec2:0:0:0:0:0:23"] = true,
}

local function is_local_v4(address)
  -- Whoever connects to 0.0.0.0 gets this machine.
  return address:find("^127%.") ~= nil or address:find("^0%.") ~= nil
    or SERVICES[address] or false
end

local function is_local_v6(address)
  local high, low = address:match("^0:0:0:0:0:ffff:(%x+):(%x+)$")
  if high then
    high, low = tonumber(high, 16), tonumber(low, 16)
    return is_local_v4(("%d.%d.%d.%d"):format(math.floor(high / 256), high % 256,
      math.floor(low / 256), low % 256))
  end
  return address == "0:0:0:0:0:0:0:0" or address == "0:0:0:0:0:0:0:1" or SERVICES[address]
    or false
end

local function is_localhost(name)
  return name == "localhost" or name:sub(-10) == ".localhost"
end

-- Without the zone, and the dot of a fully qualified name.
local function bare(host)
  return (host:lower():gsub("%%.*$", ""):gsub("%.$", ""))
end

--- Whether a host is this machine, or a link-local service that hands out
--- credentials: such a request must never reach a proxy.
---@param host string an IPv6 address without its brackets
---@return boolean
function M.is_local(host)
  local name = bare(host)
  if is_localhost(name) then
    return true
  end
  local address = read_v4(name)
  if address then
    return is_local_v4(address)
  end
  address = read_v6(name)
  return address ~= nil and is_local_v6(address)
end

--- Whether a host is an address, not a name.
---@param host string an IPv6 address without its brackets
---@return boolean
function M.is_address(host)
  return host:find(":", 1, true) ~= nil or read_v4(bare(host)) ~= nil
end

--- What nginx connects to without asking a resolver; nil: it must ask one.
---
--- It reads no /etc/hosts, so that `localhost` would be a question as well.
---@param host string an IPv6 address without its brackets
---@return string|nil
function M.literal(host)
  if host:find(":", 1, true) then
    return "[" .. host .. "]"
  end
  local name = bare(host)
  return is_localhost(name) and "127.0.0.1" or read_v4(name)
end

return M
