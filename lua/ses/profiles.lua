--- The profiles of AWS's shared configuration files, ~/.aws/config and
--- ~/.aws/credentials.
local core = require "ses.core"
local errors = require "ses.error"
local ini = require "ses.ini"
local printable = require "ses.printable"
local tables = require "ses.tables"

local M = {}

local MAX_BYTES = 1024 * 1024
local SHOWN = 500 -- bytes of a path in a message

-- Programs use one pair of files; those that use several are few, and so are
-- their files.
local KEPT = 4

local FILES = {
  config = {
    what = "the shared config file", variable = "AWS_CONFIG_FILE",
    default = "~/.aws/config", code = "InvalidConfigFile",
  },
  credentials = {
    what = "the shared credentials file", variable = "AWS_SHARED_CREDENTIALS_FILE",
    default = "~/.aws/credentials", code = "InvalidCredentialsFile",
  },
}

---@class ses.Profiles
---@field profiles table<string, table<string, string>> properties by profile, of both files
---@field config_file_profiles table<string, table<string, string>> those of the config file
---@field credentials_file_profiles table<string, table<string, string>> of the credentials file
---@field sso_sessions table<string, table<string, string>>
---@field services table<string, table<string, table<string, string>>> sub-properties, such as
---  endpoint_url, by section and then by service, such as ses

--- The sub-properties in a property: see `nested` of ses.ini.
M.nested = ini.nested

-- An empty variable counts as one that is not set, as in every AWS tool.
local function variable(getenv, name)
  local value = getenv(name)
  return value ~= "" and value or nil
end

local function sub_properties(sections)
  local result = {}
  for name, section in pairs(sections) do
    local services = {}
    for service, text in pairs(section) do
      services[service] = ini.nested(text)
    end
    result[name] = services
  end
  return result
end

--- The sections of both files as one. A property in the credentials file
--- replaces the one in the config file.
---@param config ses.Sections
---@param credentials ses.Sections
---@return ses.Profiles
function M.merge(config, credentials)
  local profiles = tables.copy(config.profiles)
  for name, properties in pairs(credentials.profiles) do
    profiles[name] = tables.merged(profiles[name] or {}, properties)
  end
  return {
    profiles = profiles,
    config_file_profiles = config.profiles,
    credentials_file_profiles = credentials.profiles,
    sso_sessions = config.sso_sessions,
    services = sub_properties(config.services),
  }
end

local function expand(path, home)
  if path == "~" or path:sub(1, 2) == "~/" then
    return home and home:gsub("/+$", "") .. path:sub(2)
  end
  return path
end

--- Where the files are, whether they are there or not.
---@param getenv fun(name: string): string|nil
---@return {config: string|nil, credentials: string|nil} paths nil: below a home that is not known
function M.locate(getenv)
  local home = variable(getenv, "HOME")
  local paths = {}
  for kind, file in pairs(FILES) do
    paths[kind] = expand(variable(getenv, file.variable) or file.default, home)
  end
  return paths
end

local function read_file(path)
  if path == "" or path:find("\0", 1, true) then
    return nil, "it is not the name of a file"
  end
  return core.read_file(path, MAX_BYTES)
end

-- What is wrong with a text before anything is read in it.
local function text_fault(text)
  if #text > MAX_BYTES then
    return "it has more than 1 MiB"
  elseif text:find("\0", 1, true) then
    return "it is not a text: it has a NUL byte"
  elseif not core.valid_utf8(text) then
    return "it is not a text in UTF-8"
  end
end

-- Whether a file is as good as an empty one: it is not there; or nobody named it,
-- and this process must not look where it would be, as daemons that were started
-- with another user's home.
local function is_absent(why, is_named)
  return why == "missing" or (why == "hidden" and not is_named)
end

-- The sections of a file; nil and what is wrong with it.
local function read_sections(kind, path, is_named, read)
  if not path then
    return ini.parse("", kind, "")
  end
  local source = printable(path):sub(-SHOWN)
  local text, fault, why = read(path)
  if is_absent(why, is_named) then
    text = ""
  end
  if text then
    fault = text_fault(text)
  end
  if fault then
    return nil, source .. ": " .. fault
  end
  return ini.parse(text, kind, source)
end

local function sections_of(kind, path, getenv, read)
  local file = FILES[kind]
  local is_named = variable(getenv, file.variable) ~= nil
  local sections, reason = read_sections(kind, path, is_named, read)
  if not sections then
    return nil, errors.new("config", {
      code = file.code,
      message = file.what .. " cannot be used: " .. reason .. " (correct it, or set "
        .. file.variable .. " to the path of another)",
    })
  end
  return sections
end

local function load_files(paths, getenv, read)
  local credentials
  local config, err = sections_of("config", paths.config, getenv, read)
  if config then
    credentials, err = sections_of("credentials", paths.credentials, getenv, read)
  end
  if not credentials then
    return nil, err
  end
  return M.merge(config, credentials)
end

--- Reads the files. One that is missing is as good as an empty one, wherever its
--- path comes from; any other that cannot be read or understood is an error.
---@param getenv fun(name: string): string|nil
---@param read? fun(path: string): string|nil, string|nil, string|nil the text of a file; or nil,
---  what is wrong, and "missing", or "hidden" where that cannot be known; see core.read_file
---@return ses.Profiles|nil
---@return ses.Error|nil
function M.load(getenv, read)
  return load_files(M.locate(getenv), getenv, read or read_file)
end

local kept = {}

--- The files, read once in a process: what is returned is everybody's, and
--- nobody's to change. An error is not kept.
---@param getenv fun(name: string): string|nil
---@return ses.Profiles|nil
---@return ses.Error|nil
function M.shared(getenv)
  local paths = M.locate(getenv)
  for _, one in ipairs(kept) do
    if one.config == paths.config and one.credentials == paths.credentials then
      return one.result
    end
  end
  local result, err = load_files(paths, getenv, read_file)
  if not result then
    return nil, err
  end
  table.insert(kept, 1, {
    config = paths.config, credentials = paths.credentials, result = result,
  })
  kept[KEPT + 1] = nil
  return result
end

--- Makes `shared` read the files again: for a program that has written to them.
function M.forget()
  kept = {}
end

--- The name of the profile to use.
---
--- AWS_PROFILE is every SDK's; AWS_DEFAULT_PROFILE is botocore's, which reads it
--- first.
---@param option string|nil
---@param getenv fun(name: string): string|nil
---@return string name
---@return boolean chosen by the option or the environment, so that it must exist
function M.name(option, getenv)
  local name = option or variable(getenv, "AWS_PROFILE")
    or variable(getenv, "AWS_DEFAULT_PROFILE")
  return name or "default", name ~= nil
end

return M
