-- A machine as its AWS settings make it: variables, and shared files in a home
-- of their own.

local config = require "ses.config"
local files = require "spec.support.files"
local profiles = require "ses.profiles"
local shell = require "spec.support.shell"

local M = {}

--- Settings that nothing is configured in.
M.BARE = { AWS_REGION = "us-east-1" }

--- An environment of these variables alone.
---@param variables table<string, string>
---@return fun(name: string): string|nil
function M.environment(variables)
  return function(name)
    return variables[name]
  end
end

--- A home whose shared files have these texts, which is gone after the test.
---@param finally fun(fn: fun()) busted's own
---@param texts {config: string|nil, credentials: string|nil}
---@return string
function M.home(finally, texts)
  local home = files.folder(finally)
  finally(profiles.forget)
  shell.run("mkdir -p " .. home .. "/.aws/sso/cache")
  for name, text in pairs(texts) do
    files.write(home .. "/.aws/" .. name, text)
  end
  return home
end

--- What a client has for settings.
---@param options table|nil of ses.client
---@param variables table<string, string>|nil
---@param defaults table|nil of a transport
---@return table|nil settings
---@return table|nil err
function M.settings(options, variables, defaults)
  return config.settings("ses", options or {}, defaults, M.environment(variables or M.BARE))
end

--- What a provider has to fetch with.
---@param transport table
---@param variables table<string, string>|nil
---@param options table|nil of ses.client
---@return table ctx
function M.context(transport, variables, options)
  local settings = assert(M.settings(options, variables))
  return { transport = transport, settings = settings, lookup = settings.lookup,
           ends = transport:now() + 30 }
end

return M
