-- What a worker of spec/nginx/dns_spec.lua does.

local cjson = require "cjson"
local resolvers = require "ses.mail_from.resolver"

local M = {}

--- Puts the questions that it was given, and returns what came of each as JSON.
---@return string
function M.ask()
  local outcomes = {}
  for i, question in ipairs(cjson.decode(package.loaded["spec.support.given"])) do
    local ask = assert(resolvers.of {
      servers = question.servers, timeout = question.timeout, tries = question.tries or 2,
    })
    local answers, err = ask(question.name, question.type)
    outcomes[i] = { answers = answers, err = err }
  end
  return cjson.encode(outcomes)
end

--- The same with an object of lua-resty-dns.
---@return string
function M.ask_theirs()
  local good, library = pcall(require, "resty.dns.resolver")
  if not good then
    library = require "nginx.dns.resolver"
  end
  local outcomes = {}
  for i, question in ipairs(cjson.decode(package.loaded["spec.support.given"])) do
    local host, port = question.servers[1]:match("^(.*):(%d+)$")
    local ask = assert(resolvers.of {
      resolver = assert(library:new { nameservers = { { host, tonumber(port) } }, timeout = 400 }),
    })
    local answers, err = ask(question.name, question.type)
    outcomes[i] = { answers = answers, err = err }
  end
  return cjson.encode(outcomes)
end

--- What comes of a resolver that cannot be had, and of a question where nginx
--- cannot wait: see the configuration.
---@return string
function M.refused()
  local _, no_server = resolvers.of { servers = { "localhost" } }
  local standing = assert(resolvers.of {}) -- the servers of /etc/resolv.conf
  local names = { "resty.dns.resolver", "nginx.dns.resolver" }
  for _, name in ipairs(names) do
    package.loaded[name] = nil
    package.preload[name] = function() error("absent") end
  end
  package.loaded["ses.resty.dns"] = nil
  local _, no_library = resolvers.of {}
  return cjson.encode {
    no_server = no_server.code, no_library = no_library.message, standing = type(standing),
    early = package.loaded["spec.support.early"],
  }
end

return M
