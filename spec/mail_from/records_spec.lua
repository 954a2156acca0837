-- The records that a MAIL FROM domain needs, against what AWS's guide has.

local cjson = require "cjson"
local ses = require "ses"

local records = ses.mail_from.records

local NINGXIA = "feedback-smtp.ses.cn-northwest-1.amazonaws.com.cn"

describe("the records of a MAIL FROM domain", function()
  it("are an MX and a TXT record", function()
    local found = ses.check(records("Bounce.Example.com.", "eu-west-1"))
    assert.equal("bounce.example.com", found.mail_from_domain)
    assert.equal("eu-west-1", found.region)
    assert.equal("documented", found.source)
    assert.same({
      name = "bounce.example.com", type = "MX", ttl = 300, preference = 10,
      host = "feedback-smtp.eu-west-1.amazonses.com",
      value = "10 feedback-smtp.eu-west-1.amazonses.com",
    }, found.mx)
    assert.same({
      name = "bounce.example.com", type = "TXT", ttl = 300,
      text = "v=spf1 include:amazonses.com ~all",
      value = '"v=spf1 include:amazonses.com ~all"',
    }, found.spf)
  end)

  it("say where a host is not AWS's own word", function()
    assert.equal("derived", ses.check(records("bounce.example.com", "il-central-1")).source)
  end)

  it("have another host in China, and no SPF record that nobody knows", function()
    local found = ses.check(records("bounce.example.cn", "cn-northwest-1"))
    assert.equal(NINGXIA, found.mx.host)
    assert.is_nil(found.spf)
    assert.equal("bounce.example.cn. 300 IN MX 10 " .. NINGXIA .. ".\n", found:bind())
    assert.equal(1, #found:route53().Changes)
  end)

  it("are not invented for a region whose host is not known", function()
    for _, region in ipairs { "eusc-de-east-1", "cn-north-1", "us-iso-east-1", "eu-west-9", "" } do
      local found, err = records("bounce.example.com", region)
      assert.is_nil(found)
      assert.is_true(ses.is_error(err, "config", "UnknownFeedbackHost"), region)
    end
  end)

  it("suggest the region that was meant", function()
    local _, err = records("bounce.example.com", "eu-wset-1")
    assert.truthy(tostring(err):find("did you mean 'eu-west-1'?", 1, true))
  end)

  it("need a region and a name", function()
    local _, err = records("bounce.example.com")
    assert.is_true(ses.is_error(err, "config", "MissingRegion"))
    _, err = records("bounce..example.com", "eu-west-1")
    assert.is_true(ses.is_error(err, "validation", "EmptyLabel"))
    assert.has_error(function() records("bounce.example.com", "eu-west-1", { TTL = 5 }) end,
      "ses.mail_from.records: unknown option 'TTL'; did you mean 'ttl'?")
    assert.has_error(function() records("bounce.example.com", "eu-west-1", { ttl = 2 ^ 31 }) end,
      "ses.mail_from.records: ttl: expected 2147483647 at most")
  end)
end)

describe("records to publish", function()
  local found = ses.check(records("bounce.example.com", "us-east-1", { ttl = 60 }))

  it("are lines of a zone file", function()
    assert.equal("bounce.example.com. 60 IN MX 10 feedback-smtp.us-east-1.amazonses.com.\n"
      .. 'bounce.example.com. 60 IN TXT "v=spf1 include:amazonses.com ~all"\n', found:bind())
    assert.equal(found:bind(), tostring(found))
  end)

  it("are a change batch of Route 53", function()
    local batch = cjson.decode(cjson.encode(found:route53()))
    assert.same({
      Comment = "MAIL FROM domain bounce.example.com",
      Changes = {
        { Action = "CREATE", ResourceRecordSet = {
          Name = "bounce.example.com", Type = "MX", TTL = 60,
          ResourceRecords = { { Value = "10 feedback-smtp.us-east-1.amazonses.com" } } } },
        { Action = "CREATE", ResourceRecordSet = {
          Name = "bounce.example.com", Type = "TXT", TTL = 60,
          ResourceRecords = { { Value = '"v=spf1 include:amazonses.com ~all"' } } } },
      },
    }, batch)
    assert.equal("UPSERT", found:route53("UPSERT").Changes[2].Action)
    assert.has_error(function() found:route53("upsrt") end,
      "route53: no action is called 'upsrt'; did you mean 'UPSERT'?")
  end)

  it("are resources of Terraform", function()
    assert.equal([[
resource "aws_route53_record" "mail_from_bounce_example_com_mx" {
  zone_id = var.zone_id
  name    = "bounce.example.com"
  type    = "MX"
  ttl     = 60
  records = ["10 feedback-smtp.us-east-1.amazonses.com"]
}

resource "aws_route53_record" "mail_from_bounce_example_com_txt" {
  zone_id = var.zone_id
  name    = "bounce.example.com"
  type    = "TXT"
  ttl     = 60
  records = ["v=spf1 include:amazonses.com ~all"]
}
]], found:terraform())
    assert.truthy(found:terraform("aws_route53_zone.main.zone_id"):find(
      "  zone_id = aws_route53_zone.main.zone_id\n", 1, true))
  end)
end)
