--- Names: identities, and the MAIL FROM domains that they may have.
---
--- What SES would refuse is refused here with the reason, and so is what it
--- might take but no mail server would.
local printable = require "ses.printable"

local M = {}

---@class ses.mail_from.Problem
---@field code string a word for programs, such as "NotBelowIdentity"
---@field message string a sentence for people

-- In characters of a domain's text form: 255 bytes on the wire, a length byte
-- for each label and the root among them.
local LONGEST, LONGEST_LABEL = 253, 63

-- Octets in front of an @, and of a whole address: RFC 5321, 4.5.3.1, less the
-- brackets around a path.
local LONGEST_LOCAL_PART, LONGEST_ADDRESS = 64, 254

local SHOWN = 80

local function quote(text)
  local shown = printable(text, SHOWN)
  return "'" .. shown .. (#text > SHOWN and "..." or "") .. "'"
end

local function problem(code, ...)
  return { code = code, message = table.concat({ ... }) }
end

-- A byte that no name has: what kind it is of.
local function odd_byte(text)
  local byte = text:byte(text:find("[^!-~]"))
  if byte >= 128 then
    return "NotAscii", "has characters that are not ASCII; write it as DNS has it, with A-labels"
      .. " such as xn--bcher-kva (idn2 prints them): nothing is converted here, because programs"
      .. " differ in how they do it"
  elseif byte == 32 or (byte >= 9 and byte <= 13) then
    return "Whitespace", "has a space or a line break in it, or around it"
  end
  return "ControlCharacter", "has a control character in it"
end

local function is_ip(text)
  return text:find("^%[.*%]$") or text:find("^%d+%.%d+%.%d+%.%d+$")
    or (text:find("^[%x:.]+$") and select(2, text:gsub(":", "")) > 1)
end

-- What people write in place of a name, in the order in which it is looked for:
-- a test, the code, and what follows "the name".
local SHAPES = {
  { function(text) return text == "" end, "Empty", "is empty" },
  { function(text) return text:find("[^!-~]") end, odd_byte },
  { function(text) return text:find("://", 1, true) end, "Url",
    "is a URL; give the domain alone" },
  { function(text) return text:find("^arn:") end, "Arn",
    "is an ARN; give the name alone, which stands behind 'identity/'" },
  { function(text) return text:find("@", 1, true) end, "Address",
    "is an e-mail address; give the domain alone" },
  { is_ip, "IpAddress", "is an IP address, and mail needs a domain name here" },
  { function(text) return text:find(":%d+$") end, "Port", "has a port; give the domain alone" },
  { function(text) return text:find("*", 1, true) end, "Wildcard",
    "has a wildcard, and SES sets one name at a time" },
  { function(text) return text:find("[^%w_.-]") end, function(text)
    return "Character", "has " .. quote(text:match("[^%w_.-]"))
      .. " in it, and names are made of letters, digits, hyphens and dots"
  end },
}

local function shape_fault(text)
  for _, shape in ipairs(SHAPES) do
    if shape[1](text) then
      if type(shape[2]) == "function" then
        return shape[2](text)
      end
      return shape[2], shape[3]
    end
  end
end

local function label_fault(label)
  if label == "" then
    return "EmptyLabel", "has a dot at its beginning, or two in a row"
  elseif #label > LONGEST_LABEL then
    return "LabelTooLong", ("has a label of %d characters, and DNS allows %d"):format(#label,
      LONGEST_LABEL)
  elseif label:find("^%-") or label:find("%-$") then
    return "Hyphen", "has a label that begins or ends with a hyphen: " .. quote(label)
  end
end

local function labels_fault(name)
  local last
  for label in (name .. "."):gmatch("([^.]*)%.") do
    local code, clause = label_fault(label)
    if code then
      return code, clause
    end
    last = label
  end
  if #name > LONGEST then
    return "NameTooLong", ("has %d characters, and DNS allows %d"):format(#name, LONGEST)
  elseif last:find("^%d+$") and name:find(".", 1, true) then
    return "NumericTld", "ends in digits, as no domain does"
  end
end

--- A domain name as it is compared and sent: lower case, no dot at its end.
---@param text string
---@return string
function M.normal(text)
  return (text:gsub("%.$", ""):lower())
end

-- A domain: its normal form; or a code and a clause that follows its name.
local function domain(text)
  local code, clause = shape_fault(text)
  if code then
    return nil, code, clause
  end
  local name = M.normal(text)
  code, clause = labels_fault(name)
  if code then
    return nil, code, clause
  end
  return name
end

--- A domain in normal form.
---@param text any
---@return string|nil
---@return ses.mail_from.Problem|nil
function M.domain(text)
  if type(text) ~= "string" then
    return nil, problem("NotAString", "the domain must be a string, got ", type(text))
  end
  local name, code, clause = domain(text)
  if not name then
    return nil, problem(code, "the domain ", quote(text), " ", clause)
  end
  return name
end

--- Whether a domain is strictly below another; both in normal form.
---@param child string
---@param parent string
---@return boolean
function M.is_below(child, parent)
  return #child > #parent + 1 and child:sub(-#parent - 1) == "." .. parent
end

-- What stands in front of an @: RFC 5321, 4.1.2 and 4.5.3.1.1.
local function local_part_fault(text)
  if text == "" then
    return "has nothing in front of its @"
  elseif text:find('^"') and text:find('"$', 2) then
    local inner = text:sub(2, -2)
    if inner:find("[^ -~]") then
      return "has a character in its quotes that is not printable ASCII"
    elseif inner:gsub("\\.", ""):find('[\\"]') then
      return "has a quote or a backslash in its quotes without a backslash in front of it"
    end
  elseif text:find("<", 1, true) then
    return "has a display name; give the address alone"
  elseif text:find("[^!-~]") then
    return "has a character in front of its @ that is not printable ASCII, or a space"
  elseif text:find('[()<>%[%]:;@\\,"]') then
    return ("has %s in front of its @, which is for an address in quotes alone"):format(
      quote(text:match('[()<>%[%]:;@\\,"]')))
  elseif text:find("^%.") or text:find("%.$") or text:find("..", 1, true) then
    return "has a dot at the beginning or the end of what stands in front of its @, or two in a row"
  end
  if #text > LONGEST_LOCAL_PART then
    return ("has %d characters in front of its @, and mail allows %d"):format(#text,
      LONGEST_LOCAL_PART)
  end
end

---@class ses.mail_from.Identity
---@field name string as SES has it: the domain in lower case, what stands before an @ as given
---@field domain string the domain, or that of the address
---@field is_address boolean

--- What an identity is, by its name.
---@param text any "example.com", or "shop@example.com"
---@return ses.mail_from.Identity|nil
---@return ses.mail_from.Problem|nil
function M.identity(text)
  if type(text) ~= "string" then
    return nil, problem("InvalidIdentity", "the identity must be a string, got ", type(text))
  end
  local localpart, right = text:match("^(.*)@([^@]*)$")
  local fault = localpart and local_part_fault(localpart)
  local name, clause, _
  if not fault then
    name, _, clause = domain(right or text)
    if name and not name:find(".", 1, true) then
      clause = "is a single label, and not a domain of yours"
      name = nil
    end
  end
  if name and localpart and #localpart + 1 + #name > LONGEST_ADDRESS then
    fault = ("has %d characters, and mail allows addresses of %d"):format(#localpart + 1 + #name,
      LONGEST_ADDRESS)
    name = nil
  end
  if not name then
    return nil, problem("InvalidIdentity", "the identity ", quote(text), " ",
      fault or ((localpart and "has a domain that " or "") .. clause))
  end
  return {
    name = localpart and (localpart .. "@" .. name) or name, domain = name,
    is_address = localpart ~= nil,
  }
end

--- What is meant by one identity, or a list of them.
---@param given any
---@return string[]|nil names as SES has them
---@return string|nil fault
function M.identities(given)
  if type(given) ~= "table" then
    local known, fault = M.identity(given)
    return known and { known.name }, fault and fault.message
  end
  local list = {}
  for key in pairs(given) do
    if type(key) ~= "number" or not given[#given] or key > #given then
      return nil, "identities: expected one, or a list of them"
    end
  end
  for i = 1, #given do
    local known, fault = M.identity(given[i])
    if not known then
      return nil, ("identities[%d]: %s"):format(i, fault.message)
    end
    list[i] = known.name
  end
  return list
end

-- The labels that two names have in common, from their ends.
local function common(a, b)
  local shared = ""
  repeat
    local last = a:match("[^.]+$")
    if last ~= b:match("[^.]+$") then
      break
    end
    shared = last .. (shared ~= "" and "." or "") .. shared
    a, b = a:match("^(.*)%.[^.]+$"), b:match("^(.*)%.[^.]+$")
  until not a or not b
  return shared
end

-- Why a name that is not below the identity's domain is not.
local function outside(name, identity)
  local parent = identity.domain
  local of = identity.is_address and ("the domain of the address, " .. parent)
    or ("the identity's domain, " .. parent)
  local shown = quote(name)
  if name == parent then
    return problem("SameAsIdentity", shown, " is ", identity.is_address
      and "the domain of the address" or "the identity's domain", " itself: the MAIL FROM domain"
      .. " must be a",
      " subdomain of it, such as bounce.", parent)
  elseif not name:find(".", 1, true) then
    return problem("Prefix", shown, " is only the first part of a name: give the full name, ", name,
      ".", parent)
  elseif M.is_below(parent, name) then
    return problem("AboveIdentity", shown, " is above ", of, ": it must be below, such as bounce.",
      parent)
  elseif name:sub(-#parent) == parent then
    return problem("MissingDot", shown, " ends like ", of, ", but is another domain: a dot is",
      " missing in front of ", parent)
  elseif M.is_below(name, common(name, parent)) and common(name, parent):find(".", 1, true) then
    return problem("NotBelowIdentity", shown, " is below ", common(name, parent), " but not below ",
      of, ": a subdomain of its parent is not enough; give one such as bounce.", parent)
  end
  return problem("NotBelowIdentity", shown, " is not a subdomain of ", of,
    ": give a name that ends in .", parent)
end

-- SES's own checks are not known in this; that of RFC 5321, which the envelope
-- has to keep to, is. What the identity itself has is SES's affair.
local function underscore(name, parent)
  local own = name:sub(1, -#parent - 2)
  if own:find("_", 1, true) then
    return problem("Underscore", quote(name), " has an underscore, which the domain of an envelope",
      " address must not have (RFC 5321, 4.1.2): mail servers may refuse it")
  end
end

-- What was changed in a name, which is worth a word.
local function notes(text)
  local list = {}
  if text:find("%.$") then
    list[#list + 1] = problem("TrailingDot", "the dot at the end of ", quote(text), " was left out")
  end
  if text:find("%u") then
    list[#list + 1] = problem("UpperCase", quote(text), " was written in lower case, which is the",
      " same name")
  end
  return list
end

--- Checks a MAIL FROM domain for an identity, before anything is sent.
---@param identity any a domain or an e-mail address
---@param mail_from_domain any the full name of the MAIL FROM domain
---@return string|nil name in lower case and without a dot at its end; nil: it will not do
---@return ses.mail_from.Problem|nil problem the reason
---@return ses.mail_from.Problem[]|nil notes what was changed in the name: TrailingDot, UpperCase
function M.check(identity, mail_from_domain)
  local known, fault = M.identity(identity)
  if not known then
    return nil, fault
  elseif type(mail_from_domain) ~= "string" then
    return nil, problem("NotAString", "the MAIL FROM domain must be a string, got ",
      type(mail_from_domain))
  end
  local name, code, clause = domain(mail_from_domain)
  if not name then
    return nil, problem(code, "the MAIL FROM domain ", quote(mail_from_domain), " ", clause)
  elseif not M.is_below(name, known.domain) then
    return nil, outside(name, known)
  end
  fault = underscore(name, known.domain)
  if fault then
    return nil, fault
  end
  return name, nil, notes(mail_from_domain)
end

return M
