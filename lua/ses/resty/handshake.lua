--- The TLS handshake of nginx's sockets.
local ffi = require "ffi"
local ngx = require "ngx"

local M = {}

local UNKNOWN = "1: nginx's Lua module does not say why"

-- Where a handshake needs no waiting, nginx's Lua module loses up to its version of
-- June 2026 what it thinks of the certificate (openresty/lua-nginx-module#2506): it
-- closes the connection, and says that all is well. The reason is still there.
local function lost_reason(socket)
  local upstream = socket[1]
  if type(upstream) ~= "userdata" then
    return nil
  end
  local message, code = ffi.new("char *[1]"), ffi.new("int[1]")
  local request = require("resty.core.base").get_request()
  local outcome = ffi.C.ngx_http_lua_ffi_socket_tcp_get_sslhandshake_result(request, upstream,
    ffi.new("void *[1]"), message, code)
  if outcome == ngx.OK or message[0] == nil then
    return nil
  end
  local words = ffi.string(message[0])
  return code[0] ~= 0 and code[0] .. ": " .. words or words
end

--- Begins TLS. The connection is closed where that fails.
---@param socket table of ngx.socket.tcp
---@param server_name string|nil what the certificate must be for
---@param verify boolean
---@return boolean|nil
---@return string|nil reason nginx's; of a certificate that it does not accept, OpenSSL's number, a
---  colon and its words, or "certificate host mismatch"
function M.begin(socket, server_name, verify)
  local ok, reason = socket:sslhandshake(false, server_name, verify)
  if ok and not socket:getreusedtimes() then
    ok, reason = pcall(lost_reason, socket)
    return nil, ok and reason or UNKNOWN
  elseif not ok and reason then
    -- A number before that is left from another handshake.
    reason = reason:gsub("^%d+: handshake failed$", "handshake failed")
  end
  return ok, reason
end

return M
