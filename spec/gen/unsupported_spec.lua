-- What the tables cannot hold is named, with its place.

local generator = require "spec.support.generator"

local function problems(shapes, changes)
  local text, found = generator.emit(generator.model(shapes, changes))
  assert.is_nil(text)
  return found
end

local plain = '"Input": {"type": "structure", "members": {}}'

local function with_member(ref, shape)
  return ([["Input": {"type": "structure", "members": {"A": {"shape": "T"%s}}},
    "T": {%s}]]):format(ref, shape or '"type": "string"')
end

describe("gen.service refuses", function()
  local cases = {
    { "document types", with_member("", '"type": "structure", "members": {}, "document": true'),
      "unsupported: document at T" },
    { "idempotency tokens", with_member ', "idempotencyToken": true',
      "unsupported: idempotencyToken at Input.A" },
    { "JSON in a string", with_member ', "jsonvalue": true',
      "unsupported: jsonvalue at Input.A" },
    { "attributes of XML", with_member ', "xmlAttribute": true',
      "unsupported: xmlAttribute at Input.A" },
    { "streams", with_member ', "streaming": true', "unsupported: streaming at Input.A" },
    { "event streams",
      with_member("", '"type": "structure", "members": {}, "eventstream": true'),
      "unsupported: eventstream at T" },
    { "big numbers", with_member("", '"type": "bigDecimal"'),
      "unsupported: type bigDecimal at T" },
    { "unknown locations", with_member ', "location": "moon"',
      "unsupported: location moon at Input.A" },
    { "unknown formats of time", with_member("", '"type": "timestamp", "timestampFormat": "x"'),
      "unsupported: timestampFormat x at T" },
    { "a format of time of a string", with_member ', "timestampFormat": "iso8601"',
      "unsupported: timestampFormat at Input.A" },
    { "a flattened string", with_member ', "flattened": true',
      "unsupported: flattened at Input.A" },
    { "a fraction for a bound", with_member("", '"type": "double", "min": 0.5'),
      "unsupported: min 0.5 at T" },
    { "a map whose key is no string",
      with_member("", '"type": "map", "key": {"shape": "N"}, "value": {"shape": "N"}}, ' ..
        '"N": {"type": "integer"'),
      "unsupported: key of type N at T" },
    { "an input that is no structure", '"Input": {"type": "string"}',
      "unsupported: input of type string at Do.input" },
    { "a shape that is not there", '"Input": {"type": "structure", "members": ' ..
      '{"A": {"shape": "Nowhere"}}}', "unknown shape Nowhere at Input.A" },
    { "a required member that is not there",
      '"Input": {"type": "structure", "members": {}, "required": ["A"]}',
      "required names an unknown member at Input.A" },
    { "a payload that is not there",
      '"Input": {"type": "structure", "members": {}, "payload": "A"}',
      "payload names an unknown member at Input.A" },
  }
  for _, case in ipairs(cases) do
    it(case[1], function()
      assert.same({ case[3] }, problems(case[2]))
    end)
  end

  local operations = {
    { "a host prefix", ', "endpoint": {"hostPrefix": "a."}', "unsupported: endpoint at Do" },
    { "compression", ', "requestcompression": {"encodings": ["gzip"]}',
      "unsupported: requestcompression at Do" },
    { "checksums", ', "httpChecksumRequired": true',
      "unsupported: httpChecksumRequired at Do" },
    { "other ways to sign", ', "authtype": "v4-unsigned-body"',
      "unsupported: authtype v4-unsigned-body at Do" },
  }
  for _, case in ipairs(operations) do
    it(case[1] .. " of an operation", function()
      assert.same({ case[3] }, problems(plain, { operation = case[2] }))
    end)
  end

  it("other protocols", function()
    assert.same({ "unsupported: protocol rest-xml at metadata" },
      problems(plain, { protocol = "rest-xml" }))
  end)

  it("locations in a protocol that has none", function()
    assert.same({ "unsupported: location header at Input.A" },
      problems(with_member ', "location": "header"', { protocol = "query" }))
  end)

  it("all of it at once", function()
    assert.same({ "unsupported: jsonvalue at Input.A", "unsupported: document at T" },
      problems(with_member(', "jsonvalue": true', '"type": "string", "document": true')))
  end)

  it("only what is set and what is reached", function()
    assert.truthy(generator.emit(generator.model(with_member ', "jsonvalue": false' ..
      ', "Far": {"type": "bigInteger"}')))
  end)
end)
