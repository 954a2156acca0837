--- The operations of API v2 on templates.
local templates = require "ses.emulator.templates"

local M = {}

local function content_of(given)
  return { subject = given.Subject, text = given.Text, html = given.Html }
end

function M.CreateEmailTemplate(ctx, params)
  local ok, broken = templates.create(ctx, params.TemplateName,
                                      content_of(params.TemplateContent), params.Tags)
  return ok and {}, broken
end

function M.GetEmailTemplate(ctx, params)
  local template, broken = templates.find(ctx, params.TemplateName)
  if not template then
    return nil, broken
  end
  local content = template.content
  return {
    TemplateName = template.name, Tags = template.tags,
    TemplateContent = { Subject = content.subject, Text = content.text, Html = content.html },
  }
end

function M.UpdateEmailTemplate(ctx, params)
  local ok, broken = templates.update(ctx, params.TemplateName,
                                      content_of(params.TemplateContent))
  return ok and {}, broken
end

function M.DeleteEmailTemplate(ctx, params)
  local template, broken = templates.find(ctx, params.TemplateName)
  if not template then
    return nil, broken
  end
  templates.remove(ctx, template)
  return {}
end

function M.ListEmailTemplates(ctx, params)
  local page, token = templates.page(ctx, params.PageSize, params.NextToken, "PageSize")
  if not page then
    return nil, token
  end
  local list = {}
  for i, template in ipairs(page) do
    list[i] = { TemplateName = template.name, CreatedTimestamp = template.created }
  end
  return { TemplatesMetadata = list, NextToken = token }
end

function M.TestRenderEmailTemplate(ctx, params)
  local text, broken = templates.test(ctx, params.TemplateName, params.TemplateData)
  return text and { RenderedTemplate = text }, broken
end

return M
