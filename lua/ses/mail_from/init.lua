--- Custom MAIL FROM domains: what they need, and whether they have it.
return {
  check = require("ses.mail_from.check").run,
  disable = require("ses.mail_from.status").disable,
  plan = require("ses.mail_from.plan").plan,
  records = require("ses.mail_from.records").of,
  status = require("ses.mail_from.status").status,
  wait = require("ses.mail_from.wait").wait,
}
