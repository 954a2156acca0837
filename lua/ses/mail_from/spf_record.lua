--- SPF records, read: RFC 7208, 4.5, 5 and 6.
local names = require "ses.mail_from.names"

local M = {}

--- The texts that are SPF records.
---@param answers ses.mail_from.Answer[]
---@return string[]
function M.of(answers)
  local list = {}
  for _, answer in ipairs(answers) do
    local text = answer.type == "TXT" and answer.text:lower() or ""
    if text == "v=spf1" or text:find("^v=spf1 ") then
      list[#list + 1] = answer.text
    end
  end
  return list
end

-- What may follow the names of mechanisms.
local FORMS = {
  all = { "^$" }, include = { "^:[!-.0-~]+$" }, exists = { "^:[!-~]+$" },
  ptr = { "^$", "^:[!-~]+$" },
  a = { "^$", "^:[!-.0-~]+$", "^:[!-.0-~]+/[%d/]+$", "^/[%d/]+$" },
  ip4 = { "^:%d+%.%d+%.%d+%.%d+$", "^:%d+%.%d+%.%d+%.%d+/%d+$" },
  ip6 = { "^:[%x:.]+$", "^:[%x:.]+/%d+$" },
}
FORMS.mx = FORMS.a

---@class ses.mail_from.SpfTerm
---@field name "all"|"include"|"a"|"mx"|"ptr"|"ip4"|"ip6"|"exists"
---@field passes boolean whether a sender that it matches is one that may send
---@field domain string|nil in normal form; nil: that of the record
---@field has_macro boolean the domain depends on the message

---@class ses.mail_from.SpfRecord
---@field terms ses.mail_from.SpfTerm[] the mechanisms, in their order, to `all` at most
---@field late ses.mail_from.SpfTerm[] those behind `all`, where nobody looks
---@field redirect string|nil what is asked instead where nothing matches
---@field all_passes boolean|nil whether `all` allows everybody; nil: there is no `all`

local function has_form(name, rest)
  for _, form in ipairs(FORMS[name] or {}) do
    if rest:find(form) then
      return true
    end
  end
  return false
end

local function read_mechanism(word)
  local qualifier, name, rest = word:match("^([-+~?]?)(%w+)(.*)$")
  if not name or not has_form(name, rest) then
    return nil
  end
  local domain = name ~= "ip4" and name ~= "ip6" and rest:match("^:([^/]+)")
  return {
    name = name, passes = qualifier == "" or qualifier == "+",
    domain = domain and names.normal(domain) or nil,
    has_macro = domain and domain:find("%", 1, true) ~= nil or false,
  }
end

local function add(record, term)
  if record.all_passes ~= nil then
    table.insert(record.late, term)
    return
  end
  table.insert(record.terms, term)
  if term.name == "all" then
    record.all_passes = term.passes
  end
end

--- Reads a record.
---@param text string it begins with "v=spf1"
---@return ses.mail_from.SpfRecord|nil
---@return string|nil term the one that is none: receivers take the whole record for an error
function M.read(text)
  local record = { terms = {}, late = {} }
  for given in text:sub(#"v=spf1" + 1):gmatch("[^ ]+") do
    local word = given:lower()
    local modifier, value = word:match("^(%a[%w._-]*)=(.*)$")
    if modifier == "redirect" and (not value:find("^[!-~]+$") or record.redirect) then
      return nil, given
    elseif modifier == "redirect" then
      record.redirect = names.normal(value)
    elseif not modifier then
      local term = read_mechanism(word)
      if not term then
        return nil, given
      end
      add(record, term)
    end
  end
  -- RFC 7208, 6.1: it is ignored where there is `all`.
  record.redirect = record.all_passes == nil and record.redirect or nil
  return record
end

return M
