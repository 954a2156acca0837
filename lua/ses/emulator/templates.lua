--- E-mail templates: what may be kept, and what becomes of one with its data.
local core = require "ses.core"
local errors = require "ses.emulator.errors"
local handlebars = require "ses.emulator.handlebars"
local json = require "ses.emulator.json"
local paging = require "ses.emulator.paging"
local renderer = require "ses.emulator.handlebars_render"

local M = {}

local LARGEST = 500 * 1024
local MOST = 20000
local PER_PAGE, MOST_PER_PAGE = 10, 100

local PARTS = { "subject", "text", "html" }

local fault = errors.fault

---@class ses.emulator.TemplateContent
---@field subject string|nil
---@field text string|nil
---@field html string|nil

---@class ses.emulator.StoredTemplate
---@field name string|nil nil: it is in a request, not stored
---@field content ses.emulator.TemplateContent
---@field parsed table<string, ses.emulator.Template> by the names of the parts
---@field number integer rises in the order of creation
---@field created number seconds of the movable clock
---@field tags table[]

--- Reads the parts of a template.
---@param content ses.emulator.TemplateContent
---@param name string|nil
---@return ses.emulator.StoredTemplate|nil
---@return ses.emulator.Fault|nil
function M.parse(content, name)
  local members = { TemplateName = name }
  local parsed, size = {}, 0
  for _, part in ipairs(PARTS) do
    if content[part] then
      local message
      size = size + #content[part]
      parsed[part], message = handlebars.parse(content[part])
      if not parsed[part] then
        return fault("invalid_template", "The " .. part .. " of the template is not valid, "
          .. message, members)
      end
    end
  end
  if size > LARGEST then
    return fault("invalid_template", "The template is longer than " .. LARGEST .. " bytes: "
      .. size, members)
  end
  return { name = name, content = content, parsed = parsed }
end

--- The template of that name.
---@param ctx ses.emulator.Context
---@param name string
---@return ses.emulator.StoredTemplate|nil
---@return ses.emulator.Fault|nil
function M.find(ctx, name)
  local template = ctx.region.templates.by_name[name]
  if not template then
    return fault("no_template", "Template " .. name .. " does not exist",
                 { TemplateName = name })
  end
  return template
end

--- Keeps a new template.
---@param ctx ses.emulator.Context
---@param name string
---@param content ses.emulator.TemplateContent
---@param tags table[]|nil
---@return true|nil
---@return ses.emulator.Fault|nil
function M.create(ctx, name, content, tags)
  local kept = ctx.region.templates
  if name == "" then
    return fault("invalid", "The template has no name.")
  elseif kept.by_name[name] then
    return fault("exists", "Template " .. name .. " already exists", { Name = name })
  elseif #kept.order >= MOST then
    return fault("limit", "The region has " .. MOST .. " templates already.")
  end
  local template, broken = M.parse(content, name)
  if not template then
    return nil, broken
  end
  kept.number = kept.number + 1
  template.number, template.created, template.tags = kept.number, ctx.now, tags or {}
  kept.by_name[name] = template
  kept.order[#kept.order + 1] = template
  return true
end

--- Changes the parts of a template: those that are not given are gone.
---@param ctx ses.emulator.Context
---@param name string
---@param content ses.emulator.TemplateContent
---@return true|nil
---@return ses.emulator.Fault|nil
function M.update(ctx, name, content)
  local template, broken = M.find(ctx, name)
  if not template then
    return nil, broken
  end
  local new
  new, broken = M.parse(content, name)
  if not new then
    return nil, broken
  end
  template.content, template.parsed = new.content, new.parsed
  return true
end

--- Removes a template.
---@param ctx ses.emulator.Context
---@param template ses.emulator.StoredTemplate
function M.remove(ctx, template)
  local kept = ctx.region.templates
  kept.by_name[template.name] = nil
  paging.remove(kept.order, template)
end

--- A page of the templates, in the order of their creation.
---@param ctx ses.emulator.Context
---@param limit integer|nil nil: 10; more than 100: 100
---@param token string|nil
---@param member string what the API calls the limit
---@return ses.emulator.StoredTemplate[]|nil
---@return string|ses.emulator.Fault|nil token of the next page, or what is wrong
function M.page(ctx, limit, token, member)
  limit = limit or PER_PAGE
  if limit < 1 then
    return fault("invalid", member .. " must be at least 1.")
  end
  local page, following = paging.page(ctx.region.templates.order, "template", nil,
                                      math.min(limit, MOST_PER_PAGE), token)
  if not page then
    return fault("invalid", "Invalid NextToken.")
  end
  return page, following
end

--- Reads template data.
---@param text string|nil JSON; nil: no data
---@return table|nil
---@return ses.emulator.Fault|nil
function M.data(text)
  local value, message = json.decode(text or "{}")
  if type(value) ~= "table" or json.is_array(value) then
    return fault("invalid_data", "The template data is not a JSON object"
      .. (message and ": " .. message or "."))
  end
  return value
end

--- Fills a template in.
---@param template ses.emulator.StoredTemplate
---@param data table
---@return ses.emulator.TemplateContent|nil parts
---@return ses.emulator.Fault|nil
function M.render(template, data)
  local parts = {}
  for _, part in ipairs(PARTS) do
    if template.parsed[part] then
      local broken
      parts[part], broken = renderer.render(template.parsed[part], data)
      if not parts[part] then
        return fault(broken.missing and "missing_attribute" or "invalid_data", broken.message,
                     { TemplateName = template.name })
      end
    end
  end
  return parts
end

--- The mail that a template makes: its parts, or why there are none.
---@param template ses.emulator.StoredTemplate
---@param data table|nil nil: they could not be read
---@param broken ses.emulator.Fault|nil why
---@return ses.emulator.Mail without sender and recipients
function M.mail(template, data, broken)
  local parts
  if data then
    parts, broken = M.render(template, data)
  end
  parts = parts or {}
  return {
    template = template.name, subject = parts.subject, text = parts.text, html = parts.html,
    headers = {}, attachments = {}, failure = broken and broken.message or nil,
    size = #(parts.subject or "") + #(parts.text or "") + #(parts.html or ""),
  }
end

-- A header's text: on one line, and encoded where it is not ASCII.
local function header(text)
  text = text:gsub("[\r\n]+", " ")
  if not text:find("[\128-\255]") then
    return text
  end
  local words, word = {}, ""
  for char in text:gmatch("[%z\1-\127\194-\244][\128-\191]*") do
    if #word + #char > 45 then
      words[#words + 1], word = word, ""
    end
    word = word .. char
  end
  words[#words + 1] = word
  for i, bytes in ipairs(words) do
    words[i] = "=?UTF-8?B?" .. core.encode_base64(bytes) .. "?="
  end
  return table.concat(words, "\r\n ")
end

local function entity(kind, text)
  return "Content-Type: text/" .. kind .. "; charset=UTF-8\r\nContent-Transfer-Encoding: "
    .. (text:find("[\128-\255]") and "8bit" or "7bit") .. "\r\n\r\n"
    .. text:gsub("\r?\n", "\r\n") .. "\r\n"
end

-- The whole message that parts make.
local function preview(parts, now)
  local out = {
    "Date: " .. core.format_time(math.floor(now), "http"):gsub("GMT$", "+0000"),
    "Subject: " .. header(parts.subject or ""), "MIME-Version: 1.0",
  }
  local top = table.concat(out, "\r\n") .. "\r\n"
  if not (parts.text and parts.html) then
    return top .. entity(parts.html and "html" or "plain", parts.html or parts.text or "")
  end
  local boundary = "=_" .. core.sha256(parts.text .. parts.html):sub(1, 32)
  return top .. 'Content-Type: multipart/alternative; boundary="' .. boundary .. '"\r\n\r\n--'
    .. boundary .. "\r\n" .. entity("plain", parts.text) .. "--" .. boundary .. "\r\n"
    .. entity("html", parts.html) .. "--" .. boundary .. "--\r\n"
end

--- Fills a stored template in, for a look at it.
---@param ctx ses.emulator.Context
---@param name string
---@param text string JSON
---@return string|nil message the whole message
---@return ses.emulator.Fault|nil
function M.test(ctx, name, text)
  local template, broken = M.find(ctx, name)
  if not template then
    return nil, broken
  end
  local data, parts
  data, broken = M.data(text)
  if not data then
    broken.members = { TemplateName = name }
    return nil, broken
  end
  parts, broken = M.render(template, data)
  return parts and preview(parts, ctx.now), broken
end

return M
