--- Claims the port that nginx is about to listen on; for LuaJIT on Linux.
---
--- nginx would tell a failure in lines of its own, after tries of seconds.
local bit = require "bit"
local ffi = require "ffi"

local M = {}

ffi.cdef [[
int socket(int domain, int type, int protocol);
int bind(int socket, const void *address, unsigned length);
int setsockopt(int socket, int level, int name, const void *value, unsigned length);
int close(int fd);
char *strerror(int number);
]]

local AF_UNIX, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR = 1, 2, 1, 1, 2
local SOCK_CLOEXEC = 0x80000
local EACCES, EADDRINUSE = 13, 98

local function family(number)
  return ffi.string(ffi.new("uint16_t[1]", number), 2)
end

-- Binds a new socket: its descriptor, or nil and the error's number.
local function bind(domain, address)
  local fd = ffi.C.socket(domain, bit.bor(SOCK_STREAM, SOCK_CLOEXEC), 0)
  if fd < 0 then
    return nil, ffi.errno()
  end
  ffi.C.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, ffi.new("int[1]", 1), 4)
  if ffi.C.bind(fd, family(domain) .. address, #address + 2) ~= 0 then
    local number = ffi.errno()
    ffi.C.close(fd)
    return nil, number
  end
  return fd
end

local function message_of(port, number)
  if number == EADDRINUSE then
    return "port " .. port .. " is in use: choose another with --port, or --port 0 for a free one"
  elseif number == EACCES then
    return "port " .. port .. " is for privileged users: choose one from 1024 with --port"
  end
  return "port " .. port .. ": " .. ffi.string(ffi.C.strerror(number))
end

--- Claims a port of 127.0.0.1 against other emulators, as long as this process
--- lives, and makes sure that nobody else has it.
---@param port integer
---@return true|nil
---@return string|nil message
function M.claim(port)
  -- A name that only sockets have: it ends with the process. Of two emulators
  -- that start at once, one gets it.
  local claimed, number = bind(AF_UNIX, "\0ses-emulator-" .. port)
  if not claimed then
    return nil, message_of(port, number)
  end
  local tried
  tried, number = bind(AF_INET, string.char(math.floor(port / 256), port % 256, 127, 0, 0, 1)
    .. ("\0"):rep(8))
  if not tried then
    return nil, message_of(port, number)
  end
  ffi.C.close(tried)
  return true
end

return M
