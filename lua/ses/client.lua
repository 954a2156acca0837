--- Clients: one object for one service in one region.
local call = require "ses.call"
local config = require "ses.config"
local core = require "ses.core"
local credentials = require "ses.credentials"
local environment = require "ses.resty.environment"
local errors = require "ses.error"
local in_common = require "ses.resty.shared"
local later = require "ses.resty.later"
local operations = require "ses.operations"
local options = require "ses.options"
local ratelimit = require "ses.ratelimit"
local retry = require "ses.retry"
local shared = require "ses.shared"
local tables = require "ses.tables"
local user_agent = require "ses.user_agent"

local M = {}

-- The operations whose parameter EndpointId says where they go.
local MULTI_REGION = { SendBulkEmail = true, SendEmail = true }

local TIMES = {
  connect = options.seconds, idle = options.seconds, attempt = options.seconds,
  total = options.seconds,
}

local VERBS = { "send", "sleep", "now", "time", "random", "close" }

local function transport_fault(transport)
  if type(transport) ~= "table" and type(transport) ~= "userdata" then
    return "expected a transport, got " .. type(transport)
  end
  if type(transport.transport) == "function" and type(transport.handle) == "function" then
    return "it is an emulator: pass emulator:transport()"
  end
  for _, verb in ipairs(VERBS) do
    if type(transport[verb]) ~= "function" then
      return "it is not a transport: it has no method " .. verb
    end
  end
end

local function proxy_fault(value)
  if value ~= false and type(value) ~= "string" then
    return "expected a URL, or false for none, got " .. type(value)
  end
end

local OPTIONS = {
  region = options.of("string"),
  profile = options.of("string"),
  credentials = credentials.fault,
  mfa = options.of("function"),
  use_fips = options.of("boolean"),
  use_dualstack = options.of("boolean"),
  endpoint = options.of("string"),
  ignore_configured_endpoint_urls = options.of("boolean"),
  timeout = options.table(TIMES, nil, "{connect = 5, attempt = 60}"),
  ca_bundle = options.of("string"),
  verify = options.of("boolean"),
  proxy = proxy_fault,
  transport = transport_fault,
  retry = retry.fault,
  rate = ratelimit.fault,
  hooks = options.table({ before = options.of("function"), after = options.of("function") }, nil,
    "{before = f, after = f}"),
  log = options.of("function"),
  later = later.fault,
  shared = options.of("string"),
  user_agent_extra = user_agent.fault,
}

--- What each call of an operation takes, by ses.options.
M.CALL_OPTIONS = {
  timeout = options.table({ attempt = options.seconds, total = options.seconds },
    "for one call: attempt and total", "{attempt = 20}"),
  retry = retry.fault,
  max_wait = options.seconds_from_0,
  dry_run = options.of("boolean"),
}

-- What boto3 and AWS's SDK for JavaScript call the options.
local ELSEWHERE = {
  region_name = "region", endpoint_url = "endpoint", proxies = "proxy",
  aws_access_key_id = "credentials.access_key_id", accessKeyId = "credentials.access_key_id",
  aws_secret_access_key = "credentials.secret_access_key",
  secretAccessKey = "credentials.secret_access_key",
  aws_session_token = "credentials.session_token", sessionToken = "credentials.session_token",
  access_key_id = "credentials.access_key_id",
  secret_access_key = "credentials.secret_access_key",
  session_token = "credentials.session_token",
  max_attempts = "retry.max_attempts", maxAttempts = "retry.max_attempts",
  retries = "retry", retryMode = "retry.mode", logger = "log",
  connect_timeout = "timeout.connect", read_timeout = "timeout.idle",
  user_agent = "user_agent_extra",
  profile_name = "profile", use_fips_endpoint = "use_fips", useFipsEndpoint = "use_fips",
  use_dualstack_endpoint = "use_dualstack", useDualstackEndpoint = "use_dualstack",
}

-- Every client of a service shares one class: a table of methods, filled as
-- they are first used.
local classes = {}

local function misuse(class, self, method, params, opts)
  if getmetatable(self) ~= class then
    return ("%s: call it with a colon: client:%s(...)"):format(method, method)
  elseif not self._context then
    return method .. ": the client is closed"
  elseif params ~= nil and type(params) ~= "table" then
    return method .. ": expected a table of parameters, got " .. type(params)
  end
  local fault = opts ~= nil and options.fault(opts, M.CALL_OPTIONS)
  return fault and (method .. ": " .. fault) or nil
end

local function new_method(class, operation, method)
  return function(self, params, opts)
    local fault = misuse(class, self, method, params, opts)
    if fault then
      error(fault, 2)
    end
    return call.run(self._context, operation, params, opts)
  end
end

local function new_class(service)
  local class = { __name = "ses.client" }
  local by_method, by_name = operations.names(service)
  local known = {}

  local function find_operation(name)
    local operation = known[name]
    if not operation then
      operation = {
        name = name, handle = core.handle(service, name),
        has_endpoint_id = service == "sesv2" and MULTI_REGION[name],
      }
      known[name] = operation
    end
    return operation
  end

  local function unknown(name)
    return not by_name[name] and ("%s has no operation '%s'%s"):format(service, tostring(name),
      operations.hint(service, name, by_name)) or nil
  end

  local methods = {}

  --- Calls an operation by the name that AWS gives it.
  ---@param name string "SetIdentityMailFromDomain"
  ---@param params? table
  ---@param opts? table
  ---@return table|nil result
  ---@return ses.Error|nil
  function methods:call(name, params, opts)
    local fault = misuse(class, self, "call", params, opts) or unknown(name)
    if fault then
      error(fault, 2)
    end
    return call.run(self._context, find_operation(name), params, opts)
  end

  -- These are no tail calls: a fault is raised at the caller's line, so many
  -- levels up.
  local function check_method(self, method, params, problem)
    local fault = misuse(class, self, method, params) or problem
    if fault then
      error(fault, 3)
    end
  end

  --- Makes a call later, in nginx, from any phase of a request and from timers: a
  --- timer makes it, as the option `later` limits that. The parameters are checked
  --- and copied at once. Raises as client:call does.
  ---@param name string "SendEmail"
  ---@param params? table
  ---@param callback? fun(result: table|nil, err: ses.Error|nil) called in the timer; what it raises
  ---  is logged. Without it, a call that fails is logged
  ---@return true|nil
  ---@return ses.Error|nil err of kind "validation"; or "queue", with the code QueueFull,
  ---  WorkerExiting or NoTimer; or "config", NotInNginx: the call will not be made
  function methods:later(name, params, callback)
    check_method(self, "later", params, unknown(name) or later.callback_fault(callback))
    local ok, err = later.add(self._context, find_operation(name), params, callback)
    return ok, err
  end

  --- What became of this client's later calls, in this worker.
  ---@return ses.LaterStats
  function methods:later_stats()
    check_method(self, "later_stats")
    return later.stats(self._context)
  end

  --- Pages of an operation; see ses.pages.
  ---@param name string
  ---@param params? table
  ---@param opts? ses.PagesOptions
  ---@return ses.Pager
  function methods:pages(name, params, opts)
    check_method(self, "pages", params)
    local pager = require("ses.pages").pages(self, name, params, opts)
    return pager
  end

  --- The items in an operation's pages; see ses.pages.
  ---@param name string
  ---@param params? table
  ---@param opts? ses.PagesOptions
  ---@return ses.Items
  function methods:items(name, params, opts)
    check_method(self, "items", params)
    local items = require("ses.pages").items(self, name, params, opts)
    return items
  end

  --- Waits for a state of identities; see ses.waiters.
  ---@param name string
  ---@param params table
  ---@param opts? ses.WaitOptions
  ---@return table|nil result
  ---@return ses.Error|nil
  function methods:wait(name, params, opts)
    check_method(self, "wait", params)
    local result, err = require("ses.waiters").wait(self, name, params, opts)
    return result, err
  end

  --- Ends a client: every later call raises. Closing twice is allowed. The
  --- transport stays open: it is shared, or belongs to whoever made it.
  function methods:close()
    if getmetatable(self) ~= class then
      error("close: call it with a colon: client:close()", 2)
    end
    self._context = false
  end

  class.__index = setmetatable(methods, {
    __index = function(_, method)
      local name = by_method[method]
      if not name then
        error(("%s client has no operation '%s'%s"):format(service, tostring(method),
          operations.hint(service, method, by_method)), 2)
      end
      local fn = new_method(class, find_operation(name), method)
      methods[method] = fn
      return fn
    end,
  })
  class.__close = methods.close
  function class:__tostring()
    return ("%s client (%s)"):format(self.service, self.region)
  end
  return class
end

local function class_of(service)
  local class = classes[service] or new_class(service)
  classes[service] = class
  return class
end

-- Whether libcurl is there, where it is needed, is the environment's affair, so it is no misuse
-- that it cannot be loaded.
local function transport_of(given)
  if given.transport then
    return given.transport
  end
  local ok, transport = pcall(function()
    return require("ses.transport").default()
  end)
  if ok then
    return transport
  end
  return nil, errors.new("config", {
    code = "NoTransport",
    message = "there is no transport: " .. tostring(transport),
    cause = transport,
  })
end

-- What no call could do is no affair of the first one.
local function check_connection(transport, settings)
  local failure = transport.fault
    and transport:fault(settings.endpoint.origin, settings.connection)
  return failure and errors.new("config", { code = failure.code, message = failure.message })
end

---@return ses.CallContext|nil
---@return ses.Error|nil
local function new_context(service, given, getenv)
  local transport, settings, provider, err
  if given.shared then
    given, err = in_common.apply(given)
  end
  if given then
    transport, err = transport_of(given)
  end
  if transport then
    settings, err = config.settings(service, given, transport.defaults, getenv)
  end
  if settings then
    err = check_connection(transport, settings)
  end
  if settings and not err then
    provider, err = credentials.provider(given.credentials, transport, settings)
  end
  if not provider then
    return nil, err
  end
  local timeout = given.timeout or {}
  return {
    service = service,
    signing = core.service(service).signing,
    region = settings.region,
    endpoint = settings.endpoint,
    connection = settings.connection,
    settings = settings,
    provider = provider,
    transport = transport,
    user_agent = user_agent.new(service, given.user_agent_extra),
    timeout = { attempt = timeout.attempt or 60, total = timeout.total },
    policy = retry.policy(settings.retry),
    quota = shared.quota(transport, service, settings.region, settings.endpoint.origin),
    rate = shared.rate(given.rate, transport),
    clock = { skew = 0 },
    hooks = given.hooks and { before = given.hooks.before, after = given.hooks.after },
    log = given.log,
    later = given.later and tables.copy(given.later),
  }
end

---@class ses.Options
---@field region string|nil
---@field profile string|nil the profile of AWS's config and credentials files; the environment's
---  credentials are put aside then
---@field credentials table|function|nil {access_key_id=, secret_access_key=, session_token=}, or a
---  provider; nil: what is found where AWS's tools look; see ses.credentials
---@field mfa nil|fun(serial: string): string|nil, any gives the code of an MFA device that a role
---  of a profile asks for
---@field endpoint string|nil a URL in place of the region's own
---@field ignore_configured_endpoint_urls boolean|nil take none from the environment or the profile
---@field use_fips boolean|nil use the region's FIPS endpoint
---@field use_dualstack boolean|nil use the region's endpoint that has IPv6 as well
---@field timeout ses.Timeout|nil
---@field ca_bundle string|nil the file of the certificates to trust; must be readable
---@field verify boolean|nil false: do not verify the server's certificate
---@field proxy string|false|nil the URL of an HTTP proxy; not used for this machine, nor for the
---  addresses that hand out the credentials of an instance; nil: what HTTPS_PROXY, HTTP_PROXY and
---  NO_PROXY say; false: none
---@field transport table|nil what carries the requests; nil: the shared libcurl transport
---@field retry ses.RetryOptions|nil {mode = "standard", "adaptive" or "off", max_attempts = 3,
---  ambiguous_sends = false}
---@field rate false|ses.RateOptions|nil false: no pacing; {max_wait = 60, max_send_rate = nil,
---  store = nil}
---@field hooks ses.Hooks|nil called before and after every attempt
---@field log nil|fun(level: string, message: string, attempt: ses.Attempt) level: "debug" of an
---  attempt that was answered, "info" of one that is repeated, "warn" of a failure, "error" of
---  later calls that are lost and of what their callbacks raise; of later calls, attempt has no
---  more than service, region, operation and err
---@field later ses.LaterOptions|nil of client:later, in nginx
---@field shared string|nil the lua_shared_dict in which all workers of nginx share limits and
---  credentials; see ses.resty.shared
---@field user_agent_extra string|nil added to the User-Agent header

---@class ses.Timeout all in seconds; math.huge: no limit
---@field connect number|nil of a client only; 5
---@field idle number|nil of a client only: without a byte from or to the peer once it is connected,
---  the time until the first byte of an answer included; no limit
---@field attempt number|nil from the first byte of a request to the last of its answer; 60
---@field total number|nil of the whole call; no limit

---@class ses.CallOptions
---@field timeout ses.Timeout|nil attempt and total of this call
---@field dry_run boolean|nil send nothing and return the signed request: method, url, headers, body

---@class ses.Client
---@field service string "ses" or "sesv2"
---@field region string
---@field endpoint string the URL that requests go to

--- Makes a client. Raises on misuse: an unknown service or option, a value of
--- the wrong type.
---@param service string "ses" (API v1) or "sesv2" (API v2)
---@param given? ses.Options copied, never kept
---@param getenv? fun(name: string): string|nil os.getenv unless given
---@return ses.Client|nil
---@return ses.Error|nil of kind "config" or "credentials"
---@overload fun(service: "ses", given?: ses.Options): ses.v1.Client|nil, ses.Error|nil
---@overload fun(service: "sesv2", given?: ses.Options): ses.v2.Client|nil, ses.Error|nil
function M.new(service, given, getenv)
  if not operations.SERVICES[service] then
    error(("ses.client: there is no service '%s'; the services are 'ses' (API v1) and 'sesv2'"
      .. " (API v2)"):format(tostring(service)), 2)
  end
  given = given == nil and {} or given
  local fault = options.fault(given, OPTIONS, nil, nil, ELSEWHERE)
  if fault then
    error("ses.client: " .. fault, 2)
  end
  local context, err = new_context(service, given, getenv or environment.getenv)
  if not context then
    err.service = service
    return nil, err
  end
  return setmetatable({
    service = service,
    region = context.region,
    endpoint = context.endpoint.url,
    _context = context,
  }, class_of(service))
end

return M
