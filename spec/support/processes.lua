-- What /proc knows of processes.

local curl = require "ses.curl"
local files = require "spec.support.files"
local lfs = require "lfs"

local M = {}

local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

--- The id of this process.
---@return integer
function M.own()
  return tonumber(read("/proc/self/stat"):match("^%d+"))
end

--- The children of this process, those included that have ended and that nobody
--- reaped.
---@return integer[]
function M.children()
  local own = M.own()
  local pids = {}
  for pid in files.content(("/proc/%d/task/%d/children"):format(own, own)):gmatch("%d+") do
    pids[#pids + 1] = tonumber(pid)
  end
  return pids
end

--- How many descriptors this process has open, one for the question included.
---@return integer
function M.descriptors()
  -- A program that looked could be there before popen has closed its end of the pipe.
  local count = 0
  for name in lfs.dir("/proc/self/fd") do
    count = count + (name:find("^%d+$") and 1 or 0)
  end
  return count
end

--- What a process is: "S" and the like; nil: it is gone.
---@param pid integer
---@return string|nil
function M.state(pid)
  local text = read("/proc/" .. pid .. "/stat")
  return text and text:match("^%d+ %(.*%) (%a)")
end

--- Whether a process has not ended; one that its parent has not reaped has.
---@param pid integer
---@return boolean
function M.lives(pid)
  local state = M.state(pid)
  return state ~= nil and state ~= "Z" and state ~= "X"
end

--- Waits until something holds, for ten seconds at most.
---@param holds fun(): any
---@return any
function M.eventually(holds)
  for _ = 1, 1000 do
    local value = holds()
    if value then
      return value
    end
    os.execute("sleep 0.01")
  end
end

--- Whether a process ends in time.
---@param pid integer
---@return boolean
function M.ends(pid)
  return M.eventually(function() return not M.lives(pid) end) or false
end

--- The numbers in a file, once there are so many.
---@param path string
---@param count integer
---@return integer[]
function M.numbers(path, count)
  local found = M.eventually(function()
    local numbers = {}
    for number in (read(path) or ""):gmatch("(%d+)%s") do
      numbers[#numbers + 1] = tonumber(number)
    end
    return #numbers >= count and numbers
  end)
  return assert(found, "too little was written to " .. path)
end

--- Steps a process of core.spawn until it is over.
---@param process userdata
---@return table result
function M.finish(process)
  local deadline = curl.now() + 30
  local result = process:step()
  while not result do
    assert(curl.now() < deadline, "the program does not end")
    curl.sleep(0.001)
    result = process:step()
  end
  return result
end

return M
