--- Custom MAIL FROM domains: what they need, and whether they have it.
return {
  check = require("ses.mail_from.check").run,
  plan = require("ses.mail_from.plan").plan,
  records = require("ses.mail_from.records").of,
}
