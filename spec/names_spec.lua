-- Method names against those of boto3, names of the command line against the AWS CLI's.

local names = require "ses.names"

describe("ses.names.snake", function()
  -- Right: what botocore's xform_name gives.
  local expected = {
    SetIdentityMailFromDomain = "set_identity_mail_from_domain",
    GetIdentityMailFromDomainAttributes = "get_identity_mail_from_domain_attributes",
    PutEmailIdentityMailFromAttributes = "put_email_identity_mail_from_attributes",
    PutEmailIdentityDkimSigningAttributes = "put_email_identity_dkim_signing_attributes",
    PutAccountVdmAttributes = "put_account_vdm_attributes",
    GetDedicatedIps = "get_dedicated_ips",
    PutDedicatedIpInPool = "put_dedicated_ip_in_pool",
    SendRawEmail = "send_raw_email",
    CreateTokenWithIAM = "create_token_with_iam",
    AssumeRoleWithSAML = "assume_role_with_saml",
    -- a run of capitals, alone, inside, at the start and in the plural
    BehaviorOnMXFailure = "behavior_on_mx_failure",
    IAMRoleARN = "iam_role_arn",
    GatewayARNs = "gateway_arns",
    ListWebACLs = "list_web_acls",
    SomeCNAMEs = "some_cnames",
    GetDASHStreamingSessionURL = "get_dash_streaming_session_url",
    -- digits
    AssociateS3Resources = "associate_s3_resources",
    DetectEntitiesV2 = "detect_entities_v2",
    DeleteV2LoggingLevel = "delete_v2_logging_level",
    DescribeICD10CMInferenceJob = "describe_icd10_cm_inference_job",
    Max24HourSend = "max24_hour_send",
    SentLast24Hours = "sent_last24_hours",
    -- already so, or nothing to do
    send_email = "send_email",
    Already_Split = "Already_Split",
    key = "key",
    [""] = "",
  }

  for name, snake in pairs(expected) do
    it(("turns %q into %q"):format(name, snake), function()
      assert.equal(snake, names.snake(name))
    end)
  end
end)

describe("ses.names.kebab", function()
  -- Right: what botocore's xform_name gives with a hyphen.
  for name, kebab in pairs {
    SetIdentityMailFromDomain = "set-identity-mail-from-domain",
    BehaviorOnMXFailure = "behavior-on-mx-failure",
    FromEmailAddressIdentityArn = "from-email-address-identity-arn",
    ListWebACLs = "list-web-acls",
    Max24HourSend = "max24-hour-send",
    ["set-identity"] = "set-identity",
    ["Already-Split"] = "Already-Split",
    snake_Case = "snake_-case",
    [""] = "",
  } do
    it(("turns %q into %q"):format(name, kebab), function()
      assert.equal(kebab, names.kebab(name))
    end)
  end
end)
