--- Amazon SES for Lua.
local cjson = require "cjson"
local client = require "ses.client"
local errors = require "ses.error"

---@class ses
---@field emulator table require "ses.emulator"
local M = {
  _VERSION = require "ses.version",

  --- Counts as an absent member in parameters: the value of cjson.null.
  null = cjson.null,

  client = client.new,
  is_error = errors.is_error,
  check = errors.check,
}

-- Modules that few programs need are loaded when they are first named.
local LAZY = { emulator = true }

return setmetatable(M, {
  __index = function(_, name)
    if LAZY[name] then
      local module = require("ses." .. name)
      M[name] = module
      return module
    end
  end,
})
