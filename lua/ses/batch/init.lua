--- Many calls at once: a function over a list, identities by the hundred, mail
--- by the thousand.
local identities = require "ses.batch.identities"
local map = require "ses.batch.map"
local send = require "ses.batch.send"

return {
  map = map.run,
  mail_from_attributes = identities.mail_from_attributes,
  send = send.messages,
  send_bulk = send.bulk,
}
