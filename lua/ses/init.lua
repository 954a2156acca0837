--- Amazon SES for Lua.

-- The loader's own message about a C core that was built for another Lua names
-- a symbol, and nothing that could be done.
local loaded, problem = pcall(require, "ses.core")
if not loaded then
  problem = tostring(problem)
  if problem:find("undefined symbol", 1, true) or problem:find("symbol not found", 1, true) then
    local lua = rawget(_G, "jit") and "jit" or _VERSION:match("%d+%.%d+")
    problem = "ses.core was built for another Lua than the one that runs, which is LUA=" .. lua
      .. ": `make LUA=" .. lua .. "` builds it, and `eval \"$(make -s env LUA=" .. lua
      .. ")\"` tells a shell where it is\n" .. problem
  end
  error(problem, 0)
end

local cjson = require "cjson"
local client = require "ses.client"
local errors = require "ses.error"

---@class ses
---@field batch table require "ses.batch"
---@field credentials table require "ses.credentials"
---@field emulator table require "ses.emulator"
---@field mail_from table require "ses.mail_from"
---@field smtp table require "ses.smtp"
local M = {
  _VERSION = require "ses.version",

  --- Counts as an absent member in parameters: the value of cjson.null.
  null = cjson.null,

  client = client.new,
  is_error = errors.is_error,
  check = errors.check,
}

-- Modules that few programs need are loaded when they are first named.
local LAZY = {
  batch = true, credentials = true, emulator = true, mail_from = true, smtp = true,
}

return setmetatable(M, {
  __index = function(_, name)
    if LAZY[name] then
      local module = require("ses." .. name)
      M[name] = module
      return module
    end
  end,
})
