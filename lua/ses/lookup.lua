--- What the environment and the profile say of a setting, the environment first.
---
--- The names are those of AWS's SDKs and tools reference guide.
local environment = require "ses.resty.environment"
local errors = require "ses.error"
local nearest = require "ses.nearest"
local printable = require "ses.printable"
local profiles = require "ses.profiles"

local M = {}

-- The variables of a setting, the first one first, and its property.
local SETTINGS = {
  region = { "AWS_REGION", "AWS_DEFAULT_REGION", property = "region" },
  use_fips = { "AWS_USE_FIPS_ENDPOINT", property = "use_fips_endpoint" },
  use_dualstack = { "AWS_USE_DUALSTACK_ENDPOINT", property = "use_dualstack_endpoint" },
  retry_mode = { "AWS_RETRY_MODE", property = "retry_mode" },
  max_attempts = { "AWS_MAX_ATTEMPTS", property = "max_attempts" },
  ca_bundle = { "AWS_CA_BUNDLE", property = "ca_bundle" },
  ignore_configured_endpoint_urls = { "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                      property = "ignore_configured_endpoint_urls" },
  sts_regional_endpoints = { "AWS_STS_REGIONAL_ENDPOINTS", property = "sts_regional_endpoints" },
  imds_disabled = { "AWS_EC2_METADATA_DISABLED" },
  imds_endpoint = { "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                    property = "ec2_metadata_service_endpoint" },
  imds_mode = { "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                property = "ec2_metadata_service_endpoint_mode" },
  imds_timeout = { "AWS_METADATA_SERVICE_TIMEOUT", property = "metadata_service_timeout" },
  imds_attempts = { "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                    property = "metadata_service_num_attempts" },
}

---@class ses.Lookup
---@field profile_name string
---@field is_chosen boolean the profile was named, in the options or in the environment
---@field is_option boolean it was named in the options
---@field profile table<string, string> its properties; empty where no file has it
---@field files ses.Profiles
---@field paths {config: string|nil, credentials: string|nil} of the files
local Lookup = {}
Lookup.__index = Lookup

local function fault(code, message)
  return nil, errors.new("config", { code = code, message = message })
end

local SHOWN = 200 -- bytes of a value in a message

-- What says where the shared files are.
local FILES = { "HOME", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE" }

--- A look at the environment and the shared files, with a profile of theirs.
---@param option string|nil the option `profile`
---@param getenv fun(name: string): string|nil
---@return ses.Lookup|nil
---@return ses.Error|nil of kind "config": a file cannot be read, or has no such profile
function M.new(option, getenv)
  local files, err = profiles.shared(getenv)
  if not files then
    return nil, err
  end
  local name, is_chosen = profiles.name(option, getenv)
  local profile = files.profiles[name]
  local paths = profiles.locate(getenv)
  if is_chosen and not profile then
    return fault("ProfileNotFound", ("the profile '%s', which %s names, is neither in %s nor in"
      .. " %s%s"):format(printable(name, SHOWN), option and "the option profile"
      or "AWS_PROFILE or AWS_DEFAULT_PROFILE", printable(paths.config or "~/.aws/config", SHOWN),
      printable(paths.credentials or "~/.aws/credentials", SHOWN),
      nearest.hint(name, files.profiles))
      .. environment.advice(getenv, FILES))
  end
  return setmetatable({
    getenv = getenv, files = files, paths = paths, profile_name = name, profile = profile or {},
    is_chosen = is_chosen, is_option = option ~= nil,
  }, Lookup)
end

--- Reads the shared files again. What cannot be read now leaves all as it was.
function Lookup:reload()
  if not self.paths.config then
    return
  end
  local files = profiles.load(self.getenv)
  local profile = files and files.profiles[self.profile_name]
  if files and (profile or not self.is_chosen) then
    profiles.forget()
    self.files, self.profile = files, profile or {}
  end
end

local function nobody() end

local NO_FILES = { profiles = {}, config_file_profiles = {}, credentials_file_profiles = {},
                   sso_sessions = {}, services = {} }

--- A look at nothing, for what must not depend on where it runs.
---@return ses.Lookup
function M.nothing()
  return setmetatable({
    getenv = nobody, paths = {}, files = NO_FILES,
    profile_name = "default", profile = {}, is_chosen = false, is_option = false,
  }, Lookup)
end

--- A variable of the environment. An empty one counts as one that is not set, as
--- in every AWS tool.
---@param name string
---@return string|nil
function Lookup:variable(name)
  local value = self.getenv(name)
  return value ~= "" and value or nil
end

--- What to add to a message that variables are not set.
---@param names string[]
---@return string "" but where they may be withheld
function Lookup:advice(names)
  return environment.advice(self.getenv, names)
end

--- A property of the profile, and where it stands.
---@param name string
---@return string|nil value
---@return string source
function Lookup:property(name)
  local value = self.profile[name]
  return value ~= "" and value or nil, ("%s of the profile '%s'"):format(name, self.profile_name)
end

--- The text of a setting, and where it stands.
---@param name string of SETTINGS
---@return string|nil value
---@return string|nil source
function Lookup:text(name)
  local setting = SETTINGS[name]
  for i = 1, #setting do
    local value = self:variable(setting[i])
    if value then
      return value, setting[i]
    end
  end
  if setting.property then
    return self:property(setting.property)
  end
  return nil
end

--- A setting that is on or off.
---@param name string of SETTINGS
---@return boolean|nil value nil: it is not set, or there is an error
---@return ses.Error|nil of kind "config"
function Lookup:flag(name)
  local text, source = self:text(name)
  local word = text and text:lower()
  if word == "true" then
    return true
  elseif word == "false" then
    return false
  elseif text then
    return fault("InvalidSetting", ("%s is '%s' (expected true or false)"):format(source,
      printable(text, SHOWN)))
  end
  return nil
end

--- A setting that is a number.
---@param name string of SETTINGS
---@param is_whole boolean
---@return number|nil value above 0; nil: it is not set, or there is an error
---@return ses.Error|nil of kind "config"
function Lookup:number(name, is_whole)
  local text, source = self:text(name)
  local value = text and text:find("^%d+%.?%d*$") and tonumber(text)
  if value and value > 0 and value < math.huge and not (is_whole and value % 1 ~= 0) then
    return is_whole and math.floor(value) or value
  elseif text then
    return fault("InvalidSetting", ("%s is '%s' (expected a %snumber above 0)"):format(source,
      printable(text, SHOWN), is_whole and "whole " or ""))
  end
  return nil
end

--- What is wrong with a name of a section that the profile refers to.
---@param property string the property that names it
---@param kind string "services" or "sso-session"
---@return ses.Error
function M.missing_section(property, name, kind)
  return errors.new("config", {
    code = "SectionNotFound",
    message = ("the profile says %s = %s, and no file has a section [%s %s]"):format(property,
      printable(name, SHOWN), kind, printable(name, SHOWN)),
  })
end

--- The configured endpoint URL of a service.
---@param id string AWS's name of the service, in lower case, with "_" for spaces: "sesv2"
---@return string|nil url
---@return string|nil source where it stands
---@return ses.Error|nil of kind "config"
function Lookup:endpoint_url(id)
  for _, name in ipairs { "AWS_ENDPOINT_URL_" .. id:upper(), "AWS_ENDPOINT_URL" } do
    local value = self:variable(name)
    if value then
      return value, name
    end
  end
  local section = self:property("services")
  local services = section and self.files.services[section]
  if section and not services then
    -- In AWS's words, so that whoever looks for them finds the same answer.
    return nil, nil, errors.new("config", {
      code = "SectionNotFound",
      message = ("The profile is configured to use the services section but the \"%s\" services"
        .. " configuration does not exist."):format(printable(section, SHOWN)),
    })
  end
  local value = services and services[id] and services[id].endpoint_url
  if value and value ~= "" then
    return value, ("endpoint_url of %s in the section [services %s]"):format(id, section)
  end
  return self:property("endpoint_url")
end

return M
