--- The operations of API v1 on templates.
local templates = require "ses.emulator.templates"

local M = {}

local function content_of(template)
  return { subject = template.SubjectPart, text = template.TextPart, html = template.HtmlPart }
end

function M.CreateTemplate(ctx, params)
  local template = params.Template
  local ok, broken = templates.create(ctx, template.TemplateName, content_of(template))
  return ok and {}, broken
end

function M.GetTemplate(ctx, params)
  local template, broken = templates.find(ctx, params.TemplateName)
  if not template then
    return nil, broken
  end
  local content = template.content
  return { Template = { TemplateName = template.name, SubjectPart = content.subject,
                        TextPart = content.text, HtmlPart = content.html } }
end

function M.UpdateTemplate(ctx, params)
  local template = params.Template
  local ok, broken = templates.update(ctx, template.TemplateName, content_of(template))
  return ok and {}, broken
end

function M.DeleteTemplate(ctx, params)
  local template = templates.find(ctx, params.TemplateName)
  if template then
    templates.remove(ctx, template)
  end
  return {}
end

function M.ListTemplates(ctx, params)
  local page, token = templates.page(ctx, params.MaxItems, params.NextToken, "MaxItems")
  if not page then
    return nil, token
  end
  local list = {}
  for i, template in ipairs(page) do
    list[i] = { Name = template.name, CreatedTimestamp = template.created }
  end
  return { TemplatesMetadata = list, NextToken = token }
end

function M.TestRenderTemplate(ctx, params)
  local text, broken = templates.test(ctx, params.TemplateName, params.TemplateData)
  return text and { RenderedTemplate = text }, broken
end

return M
