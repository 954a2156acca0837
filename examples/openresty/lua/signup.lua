--- The sign-up of a customer's domain: a form, the records to publish, and how far
--- it is.
local cjson = require "cjson"
local customers = require "customer"
local domains = require "domains"
local names = require "names"
local page = require "page"
local request = require "request"

local M = {}

local form_page, domain_page, record_row = page.load "signup", page.load "domain",
  page.load "record"
local again_form = page.load "again"

local STATUS = {
  PENDING = "Pending", SUCCESS = "Success", FAILED = "Failed", NOT_STARTED = "Not started",
  TEMPORARY_FAILURE = "Temporary failure",
}

local SUMMARY = {
  PENDING = "Publish these records where the DNS of your domain is kept. Amazon SES looks for them"
    .. " for 72 hours; this page follows.",
  SUCCESS = "All is set: your mail goes out with your own domain.",
  FAILED = "Amazon SES did not find the records, and looks for them no longer. Publish them, then"
    .. " start again.",
}

local BEHAVIORS = { USE_DEFAULT_VALUE = "default_checked", REJECT_MESSAGE = "reject_checked" }

local WITHOUT_MX = {
  USE_DEFAULT_VALUE = "While the MX record is missing, mail goes out with amazonses.com.",
  REJECT_MESSAGE = "While the MX record is missing, no mail goes out.",
}

-- The form, as it was sent.
local function send_form(form, faults, problem)
  local values = { notice = page.notice(problem and problem.message) }
  page.fill_field(values, "domain", form.domain, faults.domain)
  page.fill_field(values, "mail_from", form.mail_from, faults.mail_from)
  for behavior, name in pairs(BEHAVIORS) do
    values[name] = page.html(form.behavior == behavior and "checked" or "")
  end
  local is_wrong = problem or next(faults)
  page.send(is_wrong and "Error: your domain" or "Your domain", form_page(values),
    problem or { status = is_wrong and 400 or 200 })
end

local function domain_path(domain)
  return "/domain?name=" .. ngx.escape_uri(domain)
end

local function sign_up(form)
  local customer = customers.name()
  if not customer then
    return page.fail { status = 403, message = "Please allow a cookie of this site, and open the"
      .. " form again: it says which domains are yours." }
  end
  local faults = {}
  local domain, mail_from
  domain, faults.domain = names.domain(form.domain)
  if domain then
    mail_from, faults.mail_from = names.mail_from(form.mail_from, domain)
  end
  if not mail_from then
    return send_form(form, faults)
  elseif not BEHAVIORS[form.behavior] then
    return send_form(form, faults, { status = 400, message = "Choose what happens to mail while"
      .. " the MX record is missing." })
  end
  local problem = request.too_often("sign-up", 20, 600)
    or domains.sign_up(customer, domain, mail_from, form.behavior)
  if problem then
    return send_form(form, faults, problem)
  end
  return request.redirect(domain_path(domain))
end

-- The domain that the query names, if it is this customer's.
local function find()
  local name = ngx.var.arg_name and ngx.unescape_uri(ngx.var.arg_name) or ""
  local domain, fault = names.domain(name)
  -- Whoever makes names up must not take all the calls that SES answers.
  local problem = not domain and { status = 400, message = fault }
    or request.too_often("look", 30, 60)
  if problem then
    return nil, problem
  end
  return domains.read(customers.name(), domain)
end

-- What a page shows of how far a domain is.
local function shown(state)
  local progress = domains.progress(state)
  return {
    progress = progress, summary = SUMMARY[progress],
    dkim = STATUS[state.dkim] or state.dkim,
    mail_from = STATUS[state.mail_from_status] or state.mail_from_status,
  }
end

local function send_domain()
  local state, problem = find()
  if not state then
    return page.fail(problem)
  end
  local values = shown(state)
  values.domain, values.path = state.domain, domain_path(state.domain)
  values.status_path = "/domain/status?name=" .. ngx.escape_uri(state.domain)
  values.without_mx = WITHOUT_MX[state.behavior] or ""
  values.rows = {}
  for i, record in ipairs(domains.records(state)) do
    values.rows[i] = record_row(record)
  end
  values.again = values.progress == "FAILED" and again_form {
    domain = state.domain, mail_from = state.mail_from or "", behavior = state.behavior or "",
  } or ""
  page.send(state.domain, domain_page(values), { refreshes = values.progress == "PENDING" })
end

--- GET /: the form.
function M.form()
  request.answer(function()
    customers.welcome()
    send_form({ domain = "", mail_from = "", behavior = "USE_DEFAULT_VALUE" }, {})
  end)
end

--- GET /domain?name=example.com: the records. POST /domain: signs one up.
function M.domain()
  request.answer(send_domain, sign_up)
end

--- GET /domain/status?name=example.com: how far it is, as JSON.
function M.status()
  request.answer(function()
    local state, problem = find()
    ngx.status = problem and problem.status or 200
    ngx.header["Content-Type"] = "application/json"
    ngx.header["Cache-Control"] = "no-store"
    ngx.header["Retry-After"] = problem and problem.retry_after
    ngx.print(cjson.encode(state and shown(state) or { error = problem.message }))
  end)
end

return M
