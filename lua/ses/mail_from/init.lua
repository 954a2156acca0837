--- Custom MAIL FROM domains: what they need, and whether they have it.
return {
  check = require("ses.mail_from.check").run,
  records = require("ses.mail_from.records").of,
}
