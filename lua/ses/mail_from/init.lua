--- Custom MAIL FROM domains: what they need, and whether they have it.
return {
  records = require("ses.mail_from.records").of,
}
