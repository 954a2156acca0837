--- Why a request failed, for programs and for people: the words of csrc/failure.c,
--- but where nginx has other remedies.
local clock = require "ses.resty.clock"

local M = {}

-- Some of it can come from the peer.
local function clean(text)
  return (text:gsub("%c", "?"))
end

--- A failure.
---@param code string
---@param sent "none"|"part"|"all"
---@param message string
---@return ses.TransportError
function M.new(code, sent, message)
  return { kind = "transport", code = code, sent = sent, message = clean(message) }
end

---@param code string
---@param sent "none"|"part"|"all"
---@param message string
---@return ses.TransportError
local function timeout(code, sent, message)
  return { kind = "timeout", code = code, sent = sent, message = message }
end

--- The deadline has passed.
---@param peer string
---@param seconds number|nil that there were until the deadline
---@param sent "none"|"part"|"all"
---@return ses.TransportError
function M.too_late(peer, seconds, sent)
  return timeout("AttemptTimeout", sent,
    ("no complete response of %s within %d ms"):format(peer,
      clock.milliseconds(seconds or math.huge)))
end

--- Nothing has moved.
---@param peer string
---@param seconds number
---@param sent "part"|"all"
---@return ses.TransportError
function M.silent(peer, seconds, sent)
  return timeout("AttemptTimeout", sent, ("nothing came from or went to %s for %d ms"):format(peer,
    clock.milliseconds(seconds)))
end

--- It had passed before anything was done.
---@return ses.TransportError
function M.never_begun()
  return timeout("AttemptTimeout", "none",
    "the deadline had passed before the request could be sent")
end

--- No connection in time.
---@param peer string
---@param seconds number
---@return ses.TransportError
function M.not_connected(peer, seconds)
  return timeout("ConnectTimeout", "none", ("no connection to %s within %d ms: check the network"
    .. " and the endpoint"):format(peer, clock.milliseconds(seconds)))
end

--- What nginx says of a connection that it cannot open.
---@param peer string
---@param reason string
---@return ses.TransportError
function M.no_connection(peer, reason)
  if reason:find("no resolver defined", 1, true) then
    return M.new("NameResolution", "none", ("the name of %s does not resolve: nginx's"
      .. " configuration needs the directive resolver, as in \"resolver 127.0.0.53;\" in the"
      .. " block http: it does not read /etc/resolv.conf"):format(peer))
  elseif reason:find("resolve", 1, true) then
    return M.new("NameResolution", "none", ("the name of %s does not resolve: %s; check the"
      .. " region, the endpoint and nginx's directive resolver"):format(peer, reason))
  end
  return M.new(reason == "connection refused" and "ConnectionRefused" or "ConnectionFailed",
    "none", ("no connection to %s: %s"):format(peer, reason))
end

-- nginx goes on where a chain is too long, and what it says in the end is that
-- the issuer of its last certificate is missing.
local UNTRUSTED = "the certificate of %s is not trusted: %s; nginx's configuration names the"
  .. " certificates to trust, and how many others may be between one of them and the peer's (1,"
  .. " where it says nothing), as in \"lua_ssl_trusted_certificate"
  .. " /etc/ssl/certs/ca-certificates.crt; lua_ssl_verify_depth 5;\" in the block http"

-- X.509's reasons that mean that no trusted certificate was reached, by OpenSSL's numbers.
local ISSUER = { ["2"] = true, ["18"] = true, ["19"] = true, ["20"] = true, ["21"] = true,
                 ["22"] = true }

--- What nginx says of a handshake that failed.
---@param peer string
---@param host string
---@param reason string
---@return ses.TransportError
function M.no_tls(peer, host, reason)
  local number, words = reason:match("^(%d+): (.*)$")
  if number and ISSUER[number] then
    return M.new("TLSVerification", "none", UNTRUSTED:format(peer, words))
  elseif number then
    return M.new("TLSVerification", "none",
      ("the certificate of %s is not valid: %s"):format(peer, words))
  elseif reason:find("host mismatch", 1, true) then
    return M.new("TLSVerification", "none", ("the certificate of %s is not valid: it is not for"
      .. " the name %s"):format(peer, host))
  end
  return M.new("TLSHandshake", "none", ("no TLS connection to %s: %s"):format(peer, reason))
end

--- What this version of nginx's Lua module cannot do.
---@return ses.TransportError
function M.no_ca_bundle()
  return M.new("CABundle", "none", "ca_bundle cannot be used in nginx, whose Lua module takes the"
    .. " certificates to trust from its configuration only: leave ca_bundle and AWS_CA_BUNDLE out,"
    .. " and name the file with lua_ssl_trusted_certificate in the block http")
end

--- The peer ended the connection.
---@param peer string
---@param sent "part"|"all"
---@param has_begun boolean whether bytes of an answer had come
---@param is_reused boolean
---@param reason string
---@return ses.TransportError
function M.closed(peer, sent, has_begun, is_reused, reason)
  local form = "%s closed the connection without an answer"
  if has_begun then
    form = "%s closed the connection in the middle of its response"
  end
  local message = form:format(peer)
  if reason ~= "closed" then
    message = message .. ": " .. reason
  end
  local failure = M.new("ConnectionClosed", sent, message)
  failure.stale = is_reused and not has_begun or nil
  return failure
end

--- An answer that is none.
---@param peer string
---@param reason string
---@return ses.TransportError
function M.bad_response(peer, reason)
  return M.new("BadResponse", "all", ("the response of %s %s"):format(peer, reason))
end

--- An answer that is longer than it may be.
---@param peer string
---@param limit string in words
---@return ses.TransportError
function M.too_large(peer, limit)
  return M.new("ResponseTooLarge", "all", ("the response of %s %s"):format(peer, limit))
end

--- A proxy that does not let the request through.
---@param proxy string
---@param peer string
---@param reason string
---@return ses.TransportError
function M.no_tunnel(proxy, peer, reason)
  return M.new("ProxyFailure", "none",
    ("the proxy %s does not connect to %s (%s)"):format(proxy, peer, reason))
end

return M
