--- sesctl mail-from records.
local document = require "ses.cli.document"
local input = require "ses.cli.mail_from.input"
local json = require "ses.cli.json"
local mail_from = require "ses.mail_from"
local names = require "ses.mail_from.names"
local output = require "ses.cli.output"
local show = require "ses.cli.mail_from.show"

local M = {}

local array, object = show.array, show.object

-- A MAIL FROM domain that stands alone: it is below some identity's domain, which
-- has a dot.
local function standing_alone(text)
  local name, problem = names.domain(text)
  if not name then
    return nil, problem.message
  elseif not name:find("%..*%.") then
    return nil, ("'%s' is no subdomain of a domain that could be an identity: give the full name,"
      .. " such as bounce.%s"):format(name, name:find(".", 1, true) and name or "example.com")
  end
  return name
end

local function of_row(row)
  if row.mail_from_domain == nil then
    return nil, "it names no MAIL FROM domain, and neither does --mail-from-domain"
  end
  local name, problem = names.check(row.identity, row.mail_from_domain)
  return name, problem and problem.message
end

-- Adds a name once, or what is wrong with it.
local function gather(found, prefix, name, fault)
  if not name then
    table.insert(found.faults, prefix .. fault)
  elseif not found.seen[name] then
    found.seen[name] = true
    table.insert(found.names, name)
  end
end

local function from_file(words, given, found)
  local read, message = input.read(words, given)
  for i, row in ipairs(read and read.rows or {}) do
    -- Who is to have none has no records.
    if row.mail_from_domain ~= false then
      gather(found, read.labels[i] .. ": ", of_row(row))
    end
  end
  return message
end

local function domains(words, given)
  local found, message = { names = {}, faults = {}, seen = {} }, nil
  if given.file then
    message = from_file(words, given, found)
  elseif given.mail_from_domain then
    message = "--mail-from-domain is for the rows of --file"
  elseif not words[1] then
    message = "the following arguments are required: MAIL_FROM_DOMAIN, or --file"
  end
  for _, word in ipairs(given.file and {} or words) do
    gather(found, "", standing_alone(word))
  end
  if not message and found.faults[1] then
    message = input.joined(found.faults, given.file ~= nil)
  elseif not message and not found.names[1] then
    message = "--file: it names no MAIL FROM domain"
  end
  return not message and found.names or nil, message
end

local function records_of(value)
  return object("mail_from_domain", value.mail_from_domain, "region", value.region,
    "source", value.source, "records", array({ value.mx, value.spf }, show.record))
end

local function route53_change(value)
  local set = value.ResourceRecordSet
  return object("Action", value.Action, "ResourceRecordSet", object("Name", set.Name,
    "Type", set.Type, "TTL", set.TTL, "ResourceRecords", array(set.ResourceRecords, function(one)
      return object("Value", one.Value)
    end)))
end

-- One change batch, for one call.
local function route53(list)
  local changes, comment = {}, nil
  for _, records in ipairs(list) do
    local batch = records:route53()
    comment = #list == 1 and batch.Comment or "MAIL FROM domains"
    for _, change in ipairs(batch.Changes) do
      changes[#changes + 1] = route53_change(change)
    end
  end
  local batch = object("Comment", comment, "Changes", document.array(changes))
  return json.encode(batch, 4) .. "\n"
end

local function all_of(method)
  return function(list)
    local texts = {}
    for i, records in ipairs(list) do
      texts[i] = records[method](records)
    end
    return table.concat(texts)
  end
end

local bind = all_of "bind"

local FORMS = { bind = bind, route53 = route53, terraform = all_of "terraform" }

--- Prints the records to publish.
---@param command ses.cli.mail_from.Command
---@return integer exit code
function M.records(command)
  local form = FORMS[command.given.format]
  if form and command.globals.expression then
    return command:usage(("--query does not go with --format %s"):format(command.given.format))
  end
  local found, client = command:begin(domains)
  if not found then
    return client
  end
  local list = {}
  for i, name in ipairs(found) do
    local records, err = mail_from.records(name, client.region)
    if not records then
      return command:failed(err)
    end
    list[i] = records
  end
  if form then
    return output.print("sesctl", form(list))
  end
  command:print_all(object("mail_from_domains", array(list, records_of)),
    { (bind(list):gsub("\n$", "")) })
  return command.code
end

return M
