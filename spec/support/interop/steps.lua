-- Steps that clients of SES do, and what they answer.
--
-- A step is one of
--   {service, operation, params, as, attempts, page_size, presign}
--       a call: as is a key pair {id, secret, token}, attempts how often it is
--       tried (once where it is nil), page_size makes it a list of all pages,
--       presign an URL that is fetched without the client
--   {control = {method, name, body}}
--       a call of the emulator's control plane
-- and is answered by {result} or {error = {class, code, message, status}}, with
-- attempts where the client knows how many it made. Not every client has a
-- class or a status to tell.

local core = require "ses.core"

local M = {}

--- The key pair that the emulator knows.
M.KEY = { id = "AKIDEXAMPLE", secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }

--- Bytes in the parameters of a step.
---@param bytes string
---@return table
function M.blob(bytes)
  return { ["$base64"] = core.encode_base64(bytes) }
end

--- Parameters with the blobs as a client wants them.
---@param value any
---@param convert fun(base64: string): any
---@return any
function M.with_blobs(value, convert)
  if type(value) ~= "table" then
    return value
  elseif value["$base64"] then
    return convert(value["$base64"])
  end
  local copy = {}
  for name, item in pairs(value) do
    copy[name] = M.with_blobs(item, convert)
  end
  return copy
end

-- All pages of a step, with a function that makes one call.
local function all_pages(step, call)
  local pager = core.operation(step.service, step.operation).pager
  local params, pages = { [pager.limit] = step.page_size }, {}
  for name, value in pairs(step.params or {}) do
    params[name] = value
  end
  repeat
    local answer = call(params)
    if not answer.result then
      return answer
    end
    pages[#pages + 1] = answer.result
    params[pager.input_token] = answer.result[pager.output_token]
  until not params[pager.input_token]
  return { result = { pages = pages } }
end

--- Does every step with a function that does one, and the control plane itself.
---@param call fun(host: table, step: table, params: table): table
---@return fun(host: table, steps: table[]): table[] answers
function M.one_by_one(call)
  return function(host, steps)
    local answers = {}
    for i, step in ipairs(steps) do
      local control = step.control
      if control then
        answers[i] = { result = host:control(control.method, control.name, control.body) }
      elseif step.page_size then
        answers[i] = all_pages(step, function(params)
          return call(host, step, params)
        end)
      else
        answers[i] = call(host, step, step.params or {})
      end
    end
    return answers
  end
end

--- Does every step with our own client.
---@param host table
---@param steps table[]
---@param new fun(step: table, credentials: table): table makes a client for a step
---@return table[] answers
function M.own(host, steps, new)
  return M.one_by_one(function(_, step, params)
    local key = step.as or M.KEY
    local client = new(step, {
      access_key_id = key.id, secret_access_key = key.secret, session_token = key.token,
    })
    local result, err = client:call(step.operation, M.with_blobs(params, core.decode_base64))
    client:close()
    if not result then
      local modelled = core.shape(step.service, err.shape) and err.shape
      return { error = { class = modelled or "unmodelled", code = err.code,
                         message = err.message, status = err.status } }
    end
    result.ResponseMetadata = nil
    return { result = result }
  end)(host, steps)
end

return M
