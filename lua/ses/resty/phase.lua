--- Where in the life of a request nginx lets code wait.
local ngx = require "ngx"

local M = {}

local get_phase = ngx.get_phase

-- Sockets, sleep, semaphores and light threads have these in common.
local ALLOWED = {
  rewrite = true, server_rewrite = true, access = true, content = true, timer = true,
  preread = true, ssl_cert = true, ssl_session_fetch = true, ssl_client_hello = true,
}

local IN_TIMER = "with client:later(operation, params), or in a timer, with"
  .. " ngx.timer.at(0, function() ... end)"

-- What to do instead, where that is not the same as in other phases.
local RECIPES = {
  init = ", nor timers: from init_worker_by_lua on, make the call " .. IN_TIMER,
  exit_worker = ": the worker ends, and makes no calls any more",
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
    message = "nginx has no sockets in its phase " .. phase
      .. (RECIPES[phase] or ": make the call " .. IN_TIMER),
  }
end

return M
