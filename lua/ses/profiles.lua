--- The profiles of AWS's shared configuration files, ~/.aws/config and
--- ~/.aws/credentials.
local core = require "ses.core"
local errors = require "ses.error"
local ini = require "ses.ini"
local tables = require "ses.tables"

local M = {}

local MAX_BYTES = 1024 * 1024
local NO_SUCH_FILE, NOT_A_DIRECTORY = 2, 20 -- errno of ENOENT and ENOTDIR

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

-- Lua's own way to read a file, as `load` wants it.
local function read_file(path)
  local file, reason, code = io.open(path, "rb")
  if not file then
    return nil, reason:sub(#path + #": " + 1), code == NO_SUCH_FILE or code == NOT_A_DIRECTORY
  end
  local text
  text, reason = file:read(MAX_BYTES + 1)
  file:close()
  -- An empty file has neither a text nor a reason.
  if not text and reason then
    return nil, reason
  end
  return text or ""
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

-- The sections of a file; nil and what is wrong with it.
local function read_sections(kind, path, read)
  if not path then
    return ini.parse("", kind, "")
  end
  local source = path:gsub("[^ -~]", "?")
  local text, fault, is_missing = read(path)
  if is_missing then
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

local function sections_of(kind, path, read)
  local sections, reason = read_sections(kind, path, read)
  if not sections then
    local file = FILES[kind]
    return nil, errors.new("config", {
      code = file.code,
      message = file.what .. " cannot be used: " .. reason .. " (correct it, or set "
        .. file.variable .. " to the path of another)",
    })
  end
  return sections
end

local function load_files(paths, read)
  local credentials
  local config, err = sections_of("config", paths.config, read)
  if config then
    credentials, err = sections_of("credentials", paths.credentials, read)
  end
  if not credentials then
    return nil, err
  end
  return M.merge(config, credentials)
end

--- Reads the files. One that is missing is as good as an empty one, wherever its
--- path comes from; any other that cannot be read or understood is an error.
---@param getenv fun(name: string): string|nil
---@param read? fun(path: string): string|nil, string|nil, boolean|nil the text of a file; or
---  nil, what is wrong, and whether it is only that there is no such file
---@return ses.Profiles|nil
---@return ses.Error|nil
function M.load(getenv, read)
  return load_files(M.locate(getenv), read or read_file)
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
  local result, err = load_files(paths, read_file)
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
