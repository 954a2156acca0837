-- Command lines that ses.cli reads otherwise than the AWS CLI does, and why. Each row is
-- tried on both, so that none stays that no longer holds: a result is the parameters, or
-- {kind, part of the message}.

local function line(command, ...)
  local service, operation = command:match("^(%S+) (%S+)$")
  return { service = service, operation = operation, argv = { ... } }
end

local M = {}

--- The rows.
---@param folder string for files that command lines name
---@return {why: string, [1]: table, [2]: table, [3]: table}[] the case, what ses.cli makes of
---  it, and what the AWS CLI does
function M.rows(folder)
  local function text_file(name, text)
    local file = assert(io.open(folder .. "/" .. name, "wb"))
    file:write(text)
    file:close()
    return "//" .. folder .. "/" .. name
  end
  local hundred = {}
  for i = 1, 150 do hundred[i] = "1" end
  return {
    { why = "null is an absent member: AWS's reference says that it disables the MAIL FROM domain",
      line("ses SetIdentityMailFromDomain", "--cli-input-json",
        '{"Identity":"a","MailFromDomain":null}'),
      { Identity = "a" }, { "param", "value: None, type: <class 'NoneType'>" } },
    { why = "an object is a dict, whichever class of Python reads it",
      line("ses GetIdentityMailFromDomainAttributes", "--identities", '[{"a":1}]'),
      { "param", "value: {'a': 1}, type: <class 'dict'>" }, { "param", "OrderedDict" } },
    { why = "the letters of a file are no list",
      line("ses GetIdentityMailFromDomainAttributes", "--identities",
        "file:" .. text_file("names", "ab")),
      { "param", "a file for this parameter holds a JSON array" }, { Identities = { "a", "b" } } },
    { why = "Python's own error tells nobody that bytes are no shorthand",
      line("ses SendEmail", "--from", "a", "--to", "b", "--message",
        "fileb:" .. text_file("bytes", "Subject={Data=a}")),
      { "param", "Error parsing parameter '--message': fileb:// gives bytes" },
      { "general", "string" } },
    { why = "a list is no number, and that is a fault of the parameter",
      line("sesv2 CreateConfigurationSet", "--configuration-set-name", "c",
        "--delivery-options", "MaxDeliverySeconds=[1,2]"),
      { "param", "DeliveryOptions.MaxDeliverySeconds, value: ['1', '2'], type: <class 'list'>" },
      { "general", "int() argument must be a string" } },
    { why = "an empty text is no JSON",
      line("ses SendEmail", "--from", "a", "--to", "b", "--text", "t", "--tags",
        '{"Name":"a","Value":"b"}', ""),
      { "param", "Invalid JSON:\n" }, { "general", "string index out of range" } },
    { why = "true is no number to the service",
      line("sesv2 PutDedicatedIpWarmupAttributes", "--cli-input-json",
        '{"Ip":"1","WarmupPercentage":true}'),
      { "param", "value: True, type: <class 'bool'>, valid types: <class 'int'>" },
      { Ip = "1", WarmupPercentage = true } },
    { why = "times are ISO 8601 or seconds: what else a time may look like has two meanings",
      line("sesv2 GetDomainStatisticsReport", "--domain", "d", "--start-date", "Jan 2 2024",
        "--end-date", "0"),
      { "param", "value: Jan 2 2024, type: <class 'str'>, valid types: <class 'datetime" },
      { Domain = "d", StartDate = { ["$time"] = 1704153600 }, EndDate = { ["$time"] = 0 } } },
    { why = "a date in YAML is the text that a parameter takes",
      line("ses SetIdentityMailFromDomain", "--cli-input-yaml", "Identity: 2024-01-02"),
      { Identity = "2024-01-02" }, { "param", "<class 'datetime.date'>" } },
    { why = "of what may pass as YAML, libyaml takes a little more",
      line("ses SetIdentityMailFromDomain", "--cli-input-yaml", 'Identity: ["a":b]'),
      { "param", "value: [{'a': 'b'}], type: <class 'list'>" },
      { "param", "Invalid YAML received." } },
    { why = "a private key is shown to nobody: not as a value ...",
      line("sesv2 CreateEmailIdentity", "--email-identity", "a", "--dkim-signing-attributes",
        '{"DomainSigningPrivateKey":["k"]}'),
      { "param", "value: (not shown: it may hold a secret), type: <class 'list'>" },
      { "param", "value: ['k'], type: <class 'list'>" } },
    { why = "... not in JSON ...",
      line("sesv2 CreateEmailIdentity", "--email-identity", "a", "--dkim-signing-attributes",
        '{"DomainSigningPrivateKey":"k"'),
      { "param", "(char 30) (the text is not shown: it may hold a secret)" },
      { "param", 'JSON received: {"DomainSigningPrivateKey":"k"' } },
    { why = "... and not in shorthand",
      line("sesv2 CreateEmailIdentity", "--email-identity", "a", "--dkim-signing-attributes",
        "DomainSigningPrivateKey=k]"),
      { "param", "Expected: ',', received: ']' (the text is not shown: it may hold a secret)" },
      { "param", "DomainSigningPrivateKey=k]\n" } },
    { why = "all operations that page have the options for it",
      line("sesv2 ListEmailIdentities", "--max-items", "5"), {},
      { "unknown", "Unknown options: --max-items, 5" } },
    { why = "the size of pages is one where there are several",
      line("sesv2 ListTenants", "--page-size", "5", "--max-items", "5"), {},
      { "param", "Cannot specify --no-paginate along with pagination arguments: --max-items" } },
    { why = "and so they are read alike",
      line("sesv2 ListEmailIdentities", "--page-size", "x"),
      { "usage", "argument --page-size: invalid int value: 'x'" },
      { "general", "invalid literal for int() with base 10: 'x'" } },
    { why = "a page asked for by hand is one page, in JSON as on the command line",
      line("ses ListIdentities", "--max-items", "5", "--cli-input-json", '{"NextToken":"t"}'),
      { "param", "Cannot specify --no-paginate along with pagination arguments: --max-items" },
      { NextToken = "t" } },
    { why = "'..' in the path would name another resource",
      line("sesv2 GetEmailIdentity", "--email-identity", ".."),
      { "param", "Invalid value for parameter EmailIdentity: it is sent in the path" },
      { EmailIdentity = ".." } },
    { why = "no service takes such a number",
      line("sesv2 PutDedicatedIpWarmupAttributes", "--ip", "1", "--warmup-percentage",
        "99999999999"),
      { "param", "Invalid value for parameter WarmupPercentage: expected an integer of 32 bits" },
      { Ip = "1", WarmupPercentage = 99999999999 } },
    { why = "the least number of members of a map counts",
      line("sesv2 ListRecommendations", "--filter", "{}"),
      { "param", "Invalid length for parameter Filter, value: 0, valid min length: 1" },
      { Filter = {} } },
    { why = "what an operation without parameters is given is a mistake",
      line("ses GetSendQuota", "--cli-input-json", '{"A":1}'),
      { "param", 'Unknown parameter in input: "A", must be one of: ' }, { A = 1 } },
    { why = "a hundred faults are enough",
      line("ses GetIdentityMailFromDomainAttributes", "--identities",
        "[" .. table.concat(hundred, ",") .. "]"),
      { "param", "Identities[99], value: 1, type: <class 'int'>, valid types: <class 'str'>$" },
      { "param", "Identities[149], value: 1" } },
  }
end

return M
