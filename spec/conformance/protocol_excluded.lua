-- The protocol tests that do not pass, each with the reason: by suite, id ->
-- reason.  Those that use only what SES's models use all pass.

local reasons = {
  finite = "a number that is not finite is refused with its path, not sent as text",
  document = "no service here has document types; the generator refuses them",
  prefix = "no service here has a prefix to its host name; the generator refuses it",
  compression = "no service here takes compressed requests; the generator refuses the trait",
  token = "SES has no idempotency tokens to fill in; the generator refuses them",
  checksum = "no service here wants a checksum of the body; the generator refuses the trait",
  media = "no service here carries JSON as base64 in a header; the generator refuses it",
}

local ids = {
  ["input/query"] = {
    finite = {
      "AwsQuerySupportsNaNFloatInputs", "AwsQuerySupportsInfinityFloatInputs",
      "AwsQuerySupportsNegativeInfinityFloatInputs",
    },
    prefix = { "AwsQueryEndpointTrait", "AwsQueryEndpointTraitWithHostLabel" },
    compression = {
      "SDKAppliedContentEncoding_awsQuery",
      "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery",
    },
    token = {
      "QueryProtocolIdempotencyTokenAutoFill", "QueryProtocolIdempotencyTokenAutoFillIsSet",
    },
  },
  ["input/rest-json"] = {
    finite = {
      "RestJsonSupportsNaNFloatQueryValues", "RestJsonSupportsInfinityFloatQueryValues",
      "RestJsonSupportsNegativeInfinityFloatQueryValues", "RestJsonSupportsNaNFloatLabels",
      "RestJsonSupportsInfinityFloatLabels", "RestJsonSupportsNegativeInfinityFloatLabels",
      "RestJsonSupportsNaNFloatHeaderInputs", "RestJsonSupportsInfinityFloatHeaderInputs",
      "RestJsonSupportsNegativeInfinityFloatHeaderInputs", "RestJsonSupportsNaNFloatInputs",
      "RestJsonSupportsInfinityFloatInputs", "RestJsonSupportsNegativeInfinityFloatInputs",
    },
    document = {
      "DocumentTypeInputWithObject", "DocumentInputWithString", "DocumentInputWithNumber",
      "DocumentInputWithBoolean", "DocumentInputWithList", "DocumentTypeAsMapValueInput",
      "DocumentTypeAsPayloadInput", "DocumentTypeAsPayloadInputString",
    },
    prefix = { "RestJsonEndpointTrait", "RestJsonEndpointTraitWithHostLabel" },
    checksum = { "RestJsonHttpChecksumRequired" },
    media = { "MediaTypeHeaderInputBase64" },
    compression = {
      "SDKAppliedContentEncoding_restJson1", "SDKAppendedGzipAfterProvidedEncoding_restJson1",
    },
    token = {
      "RestJsonQueryIdempotencyTokenAutoFill", "RestJsonQueryIdempotencyTokenAutoFillIsSet",
    },
  },
  ["output/rest-json"] = {
    document = {
      "DocumentOutput", "DocumentOutputString", "DocumentOutputNumber", "DocumentOutputBoolean",
      "DocumentOutputArray", "DocumentTypeAsMapValueOutput", "DocumentTypeAsPayloadOutput",
      "DocumentTypeAsPayloadOutputString",
    },
    media = { "MediaTypeHeaderOutputBase64" },
  },
}

local excluded = {}
for suite, by_reason in pairs(ids) do
  excluded[suite] = {}
  for reason, list in pairs(by_reason) do
    for _, id in ipairs(list) do excluded[suite][id] = assert(reasons[reason]) end
  end
end
return excluded
