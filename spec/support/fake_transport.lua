-- A transport that answers from a list and keeps what it was asked to send.

local M = {}

local Fake = {}
Fake.__index = Fake

-- A fake that yields does so before every verb, as one that waits would.
local function wait(self, verb)
  if self.yields then
    coroutine.yield(verb)
  end
end

function Fake:send(request, deadline)
  wait(self, "send")
  self.sent[#self.sent + 1] = request
  self.deadlines[#self.sent] = deadline or false
  local answer = table.remove(self.answers, 1)
  if type(answer) == "function" then
    return answer(request, deadline)
  elseif not answer then
    error("the fake transport has no answer left")
  elseif answer.kind then
    return nil, answer
  end
  return answer
end

function Fake:sleep(seconds)
  wait(self, "sleep")
  self.clock = self.clock + seconds
end

function Fake:now()
  wait(self, "now")
  return self.clock
end

function Fake:time()
  wait(self, "time")
  return self.wall
end

function Fake:random()
  wait(self, "random")
  return 0.5
end

function Fake:close()
  self.closed = true
end

--- A transport with answers, in order: responses, failures (tables with a
--- kind), or functions of the request and the deadline that do what send does.
---@param answers? table
---@return table transport with sent, deadlines, clock (now), wall (time), yields
function M.new(answers)
  return setmetatable({
    answers = answers or {}, sent = {}, deadlines = {}, clock = 1000, wall = 1440938160,
    yields = false,
  }, Fake)
end

--- An answer of SES API v1: a result's XML in its envelope.
function M.result(operation, xml)
  return {
    status = 200,
    headers = { ["content-type"] = "text/xml" },
    body = ('<%sResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><%sResult>%s</%sResult>'
      .. "<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></%sResponse>")
      :format(operation, operation, xml or "", operation, operation),
  }
end

--- An error of SES API v1.
function M.fault(status, code, message)
  return {
    status = status,
    headers = { ["content-type"] = "text/xml" },
    body = ('<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error>'
      .. "<Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>"
      .. "<RequestId>request-2</RequestId></ErrorResponse>"):format(code, message),
  }
end

--- An answer of SES API v2; with an error's type where one is named.
function M.json(status, body, error_type)
  return {
    status = status,
    headers = {
      ["content-type"] = "application/json", ["x-amzn-requestid"] = "request-3",
      ["x-amzn-errortype"] = error_type,
    },
    body = body,
  }
end

return M
