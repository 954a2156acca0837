--- Where in the life of a request nginx lets code wait.
local ngx = require "ngx"

local M = {}

local get_phase = ngx.get_phase

-- Sockets, sleep, semaphores and light threads have these in common.
local ALLOWED = {
  rewrite = true, server_rewrite = true, access = true, content = true, timer = true,
  preread = true, ssl_cert = true, ssl_session_fetch = true, ssl_client_hello = true,
}

--- Whether the running code may wait.
---@return boolean
function M.can_wait()
  return ALLOWED[get_phase()] or false
end

--- Why nothing can be sent from the running code; nil: it can.
---@return ses.TransportError|nil
function M.obstacle()
  local phase = get_phase()
  if ALLOWED[phase] then
    return nil
  end
  return {
    kind = "transport", code = "WrongPhase", sent = "none",
    message = ("nginx has no sockets in its phase %s: make the call in a timer, with"
      .. " ngx.timer.at(0, function() ... end)"):format(phase),
  }
end

return M
