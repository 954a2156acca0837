--- What a message says of itself.
local names = require "ses.emulator.names"
local rfc5322 = require "ses.rfc5322"

local M = {}

--- The addresses of a list as headers and parameters have it.
---@param text string "Ann <ann@example.com>, bob@example.com"
---@return string[]|nil addresses without display names, domains in lower case
---@return string|nil fault
function M.addresses(text)
  local list = {}
  for i, item in ipairs(rfc5322.split(text)) do
    local address, fault = names.address(rfc5322.trim(item:match("<([^<>]*)>$") or item))
    if not address then
      return nil, fault
    end
    list[i] = address
  end
  return list
end

--- The value of the first header field of that name.
---@param fields {name: string, value: string}[]
---@param name string in lower case
---@return string|nil
function M.field(fields, name)
  for _, field in ipairs(fields) do
    if field.name == name then
      return field.value
    end
  end
end

local function values(fields, name)
  local list = {}
  for _, field in ipairs(fields) do
    if field.name == name then
      list[#list + 1] = field.value
    end
  end
  return list
end

--- What a raw message says of itself.
---@param raw string
---@return ses.emulator.Mail
function M.mail(raw)
  local fields = rfc5322.fields(raw)
  local return_path = M.field(fields, "return-path")
  return {
    from = M.field(fields, "from"), return_path = return_path ~= "<>" and return_path or nil,
    to = values(fields, "to"), cc = values(fields, "cc"), bcc = values(fields, "bcc"),
    reply_to = values(fields, "reply-to"), subject = M.field(fields, "subject"),
    headers = fields, raw = raw, size = #raw,
  }
end

--- A message of a subject and a body, which both APIs give alike.
---@param subject {Data: string}
---@param body {Text: {Data: string}|nil, Html: {Data: string}|nil}
---@return ses.emulator.Mail
function M.simple(subject, body)
  local text, html = body.Text and body.Text.Data, body.Html and body.Html.Data
  return {
    subject = subject.Data, text = text, html = html, headers = {}, attachments = {},
    size = #subject.Data + #(text or "") + #(html or ""),
  }
end

--- Message tags as a table.
---@param list {Name: string, Value: string}[]|nil
---@return table<string, string>
function M.tags(list)
  local tags = {}
  for _, tag in ipairs(list or {}) do
    tags[tag.Name] = tag.Value
  end
  return tags
end

return M
