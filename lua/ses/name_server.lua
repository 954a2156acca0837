--- Addresses of name servers.
local M = {}

local PORT, LAST_PORT = 53, 65535

--- What nginx's sockets connect to for an address.
---@param text any "192.0.2.1", "127.0.0.1:5353", "2001:db8::1" or "[::1]:5353"
---@return {[1]: string, [2]: integer}|nil host_and_port an IPv6 address in brackets; nil: it is none
function M.read(text)
  if type(text) ~= "string" then
    return nil
  end
  local host, port = text:match("^(%[[%x:.]+%])$"), nil
  if not host then
    host, port = text:match("^(%[[%x:.]+%]):(%d+)$")
  end
  if not host then
    host, port = text:match("^([%d.]+):(%d+)$")
  end
  if not host then
    host = text:match("^%d+%.%d+%.%d+%.%d+$")
      or text:find("^[%x:.]*:[%x:.]*:[%x:.]*$") and "[" .. text .. "]" or nil
  end
  port = port and tonumber(port) or PORT
  return host and port > 0 and port <= LAST_PORT and { host, port } or nil
end

return M
