--- The actions of sesctl mail-from, and the options of each.
local tables = require "ses.tables"

local M = {}

---@class ses.cli.mail_from.Action
---@field name string
---@field takes string what stands behind the name, or else --file
---@field text string what it does
---@field options string[] names of M.OPTIONS

---@class ses.cli.mail_from.Option: ses.cli.Option
---@field takes string|nil for the help
---@field text string for the help

--- The options, by name.
---@type table<string, ses.cli.mail_from.Option>
M.OPTIONS = {
  ["mail-from-domain"] = { words = "one", key = "mail_from_domain", takes = "NAME",
    text = "the full name, of rows that have none; mail.* stands for mail. and the domain"
      .. " of the identity" },
  ["behavior-on-mx-failure"] = { words = "one", key = "behavior", takes = "BEHAVIOR",
    choices = { "USE_DEFAULT_VALUE", "REJECT_MESSAGE", "UseDefaultValue", "RejectMessage" },
    text = "what happens to mail while SES does not find the MX record, of rows that do not say"
      .. " it: USE_DEFAULT_VALUE has it go out with a MAIL FROM domain of amazonses.com,"
      .. " REJECT_MESSAGE refuses it; UseDefaultValue and RejectMessage, API v1's words, are the"
      .. " same. Without it an identity keeps what it has" },
  file = { words = "one", key = "file", takes = "PATH",
    text = "identities from a CSV or JSON file, - for standard input; file://PATH will do" },
  force = { words = "none", key = "force", value = true,
    text = "replace other MAIL FROM domains, whosever they are" },
  known = { words = "one", key = "known", takes = "NAME,...",
    text = "MAIL FROM domains that may be replaced: old.example.com, or mail.*" },
  ["dry-run"] = { words = "none", key = "dry_run", value = true, text = "only plan" },
  journal = { words = "one", key = "journal", takes = "PATH",
    text = "a file that keeps what was done, and others from doing the same" },
  api = { words = "one", key = "api", takes = "ses|sesv2", choices = { "ses", "sesv2" },
    text = "the API to call (default: ses, which reads a hundred identities at a time)" },
  servers = { words = "one", key = "servers", takes = "ADDRESS,...",
    text = "name servers such as 127.0.0.1:5353 (default: the system's)" },
  from = { words = "one", key = "from", takes = "ADDRESS,...",
    text = "the addresses that you send from" },
  format = { words = "one", key = "format", takes = "bind|route53|terraform",
    choices = { "bind", "route53", "terraform" },
    text = "bind: lines of a zone file; route53: a change batch, which is for one hosted zone;"
      .. " terraform: resources" },
  timeout = { words = "one", key = "timeout", integer = true, takes = "SECONDS",
    text = "how long to wait (default: 72 hours, after which SES stops looking)" },
  delay = { words = "one", key = "delay", integer = true, takes = "SECONDS",
    text = "between two questions (default: 30)" },
}

local INPUT = { "file" }
local WANTED = { "mail-from-domain", "behavior-on-mx-failure", "file", "force", "known", "api" }

--- The actions, in the order of their use.
---@type ses.cli.mail_from.Action[]
M.ACTIONS = {
  { name = "plan", takes = "IDENTITY ... --mail-from-domain NAME", options = WANTED,
    text = "what would have to be changed, and what not, and why" },
  { name = "apply", takes = "IDENTITY ... --mail-from-domain NAME",
    options = tables.joined(WANTED, { "dry-run", "journal" }),
    text = "change it: once more changes nothing" },
  { name = "records", takes = "MAIL_FROM_DOMAIN ...",
    options = tables.joined(INPUT, { "mail-from-domain", "format" }),
    text = "the DNS records to publish" },
  { name = "check", takes = "IDENTITY ...",
    options = tables.joined(INPUT, { "mail-from-domain", "servers", "from", "api" }),
    text = "DNS beside what SES reports: what is wrong, and what to do" },
  { name = "status", takes = "IDENTITY ...", options = tables.joined(INPUT, { "api" }),
    text = "what SES reports" },
  { name = "wait", takes = "IDENTITY ...",
    options = tables.joined(INPUT, { "timeout", "delay", "servers", "api" }),
    text = "until SES has found the MX records" },
  { name = "disable", takes = "IDENTITY ...", options = tables.joined(INPUT, { "dry-run", "api" }),
    text = "go back to MAIL FROM domains of SES's own" },
}

--- An action; nil: there is none of that name.
---@param name string
---@return ses.cli.mail_from.Action|nil
function M.find(name)
  for _, action in ipairs(M.ACTIONS) do
    if action.name == name then
      return action
    end
  end
end

--- The names of the actions, by the alphabet.
---@return string[]
function M.names()
  local list = {}
  for i, action in ipairs(M.ACTIONS) do
    list[i] = action.name
  end
  table.sort(list)
  return list
end

--- The options of an action, as ses.cli.argparse takes them.
---@param action ses.cli.mail_from.Action
---@return ses.cli.mail_from.Option[]
function M.of(action)
  local list = {}
  for i, name in ipairs(action.options) do
    local option = { option = "--" .. name }
    for key, value in pairs(M.OPTIONS[name]) do
      option[key] = value
    end
    list[i] = option
  end
  return list
end

return M
