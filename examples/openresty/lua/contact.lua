--- A contact form. What a visitor types is a text of the mail, and an address to
--- answer to; it never is a header.
local mailer = require "mailer"
local names = require "names"
local page = require "page"
local request = require "request"

local M = {}

local form_page, thanks_page = page.load "contact", page.load "thanks"

local FIELDS = { "name", "email", "message" }

local function send_form(form, faults, problem)
  local values = { notice = page.notice(problem and problem.message) }
  for _, field in ipairs(FIELDS) do
    page.fill_field(values, field, form[field], faults[field])
  end
  local is_wrong = problem or next(faults)
  page.send(is_wrong and "Error: contact" or "Contact", form_page(values),
    problem or { status = is_wrong and 400 or 200 })
end

-- Characters of UTF-8, and bytes that are none.
local function length(text)
  return select(2, text:gsub("[^\128-\191]", ""))
end

-- What is wrong, by field; and the address.
local function check(form)
  local faults = {}
  local address
  address, faults.email = names.address(form.email)
  if form.name == "" or length(form.name) > 100 or form.name:find("%c") then
    faults.name = "Type your name, in 100 characters at most."
  end
  if form.message == "" or length(form.message) > 5000 then
    faults.message = "Type a message, of 5000 characters at most."
  end
  return faults, address
end

-- Control characters but those of lines say nothing.
local function cleaned(text)
  return (text:gsub("\r\n?", "\n"):gsub("[%z\1-\8\11-\31\127]", ""))
end

-- A send goes out once: what may have arrived is not sent again.
local function problem_of(err)
  if err.kind == "validation" then
    return { status = 400, message = "The message has bytes that are no text in UTF-8." }
  end
  local problem = mailer.problem(err)
  if err.ambiguous then
    return { status = 502, message = "We do not know whether your message arrived: the connection"
      .. " was lost while it was being sent. We did not send it again, so that it does not arrive"
      .. " twice. If you send it again, say so in it." }
  end
  problem.message = "Your message was not sent. " .. problem.message
  return problem
end

local function send_mail(form, address)
  local result, err = mailer.client:send_email {
    FromEmailAddress = mailer.contact_from,
    ReplyToAddresses = { address },
    Destination = { ToAddresses = { mailer.contact_to } },
    Content = { Simple = {
      Subject = { Data = "Contact form", Charset = "UTF-8" },
      Body = { Text = { Charset = "UTF-8", Data = ("From: %s <%s>\n\n%s\n"):format(form.name,
        address, cleaned(form.message)) } },
    } },
  }
  return not result and problem_of(err) or nil
end

local function post(form)
  -- People do not see this field, and programs fill in all.
  if form.website ~= "" then
    return request.redirect "/contact/thanks"
  end
  local faults, address = check(form)
  if next(faults) then
    return send_form(form, faults)
  end
  local problem = request.too_often("contact", 5, 3600) or send_mail(form, address)
  if problem then
    return send_form(form, faults, problem)
  end
  return request.redirect "/contact/thanks"
end

--- GET /contact: the form. POST /contact: sends what it brings.
function M.form()
  request.answer(function()
    send_form({ name = "", email = "", message = "" }, {})
  end, post)
end

--- GET /contact/thanks
function M.thanks()
  request.answer(function()
    page.send("Thank you", thanks_page {})
  end)
end

return M
