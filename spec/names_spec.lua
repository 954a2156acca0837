-- Method names against those of boto3.

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
