-- What the journals of a soak say: see spec.support.nginx_soak, and
-- spec/support/soak_server.c for the server's.

local tree = require "spec.support.tree"

local M = {}

local Journals = {}
Journals.__index = Journals

--- The journals in a folder, nothing of which has been read.
---@param folder string
---@return table
function M.new(folder)
  return setmetatable({
    folder = folder, workers = {},
    begun = 0,
    ids = {},      -- what a call came to: its worker, or the line of its outcome
    twice = {},    -- calls that had another outcome
    strange = {},  -- lines of calls that never began
  }, Journals)
end

local function note(self, worker, line)
  local kind, id = line:match("^(%u) (%S+)")
  if kind == "B" then
    self.begun = self.begun + 1
    self.ids[id] = worker
  elseif kind == "M" then
    local calls, kilobytes, resident = line:match("^M (%d+) (%d+) (%d+)$")
    worker.samples[#worker.samples + 1] = {
      calls = tonumber(calls), heap = tonumber(kilobytes), resident = tonumber(resident),
    }
  elseif kind == "T" then
    worker.timers = line:match("^T (.*)$")
  elseif not self.ids[id] then
    self.strange[#self.strange + 1] = line
  elseif type(self.ids[id]) == "string" then
    self.twice[#self.twice + 1] = self.ids[id] .. " and " .. line
  else
    self.ids[id] = line
  end
end

--- Reads what has been written since the last time.
---@return integer begun calls
function Journals:read()
  for _, path in ipairs(tree.lines("ls " .. self.folder .. "/journal-* 2>/dev/null")) do
    local pid = tonumber(path:match("%d+$"))
    local worker = self.workers[pid]
    if not worker then
      worker = { pid = pid, samples = {}, file = assert(io.open(path)), rest = "" }
      self.workers[pid] = worker
    end
    -- A line that is being written may be seen in parts.
    local text = worker.rest .. (worker.file:read("*a") or "")
    local whole = text:match("^.*\n") or ""
    worker.rest = text:sub(#whole + 1)
    for line in whole:gmatch("[^\n]+") do
      note(self, worker, line)
    end
  end
  return self.begun
end

--- What the server wrote down.
---@param path string
---@return table<string, integer> accepted how often, by call
---@return table<string, integer> met how often each fault was
function M.server(path)
  local accepted, met = {}, {}
  for line in io.lines(path) do
    local id = line:match("^A (%S+)$")
    if id then
      accepted[id] = (accepted[id] or 0) + 1
    else
      local name, count = line:match("^F (%S+) (%d+)$")
      met[name] = tonumber(count)
    end
  end
  return accepted, met
end

return M
