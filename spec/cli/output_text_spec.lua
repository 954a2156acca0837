local printed = require "spec.support.printed"

local function text(value)
  return (printed.json("text", value))
end

describe("text", function()
  it("has the scalars of an object on a line, by their names", function()
    assert.equal("1.0\tx\tTrue\tNone\n", text '{"b": "x", "d": null, "c": true, "a": 1.0}')
  end)

  it("begins the line of a member with its name in capitals", function()
    assert.equal("SENDQUOTA\t200.0\n", text '{"SendQuota": {"Max": 200.0}}')
  end)

  it("shows what the AWS CLI shows of a MAIL FROM domain", function()
    assert.equal("EXAMPLE.COM\tUseDefaultValue\tbounce.example.com\tPending\n", text [[{
      "MailFromDomainAttributes": {"example.com": {"MailFromDomain": "bounce.example.com",
        "MailFromDomainStatus": "Pending", "BehaviorOnMXFailure": "UseDefaultValue"}}}]])
  end)

  it("has a line for each scalar of a member that is a list", function()
    assert.equal("first\nIDENTITIES\ta\nIDENTITIES\tb\n",
      text '{"Identities": ["a", "b"], "A": "first"}')
  end)

  it("has one line for a list of scalars alone", function()
    assert.equal("a\t1\tNone\n", text '["a", 1, null]')
  end)

  it("gives the objects of a list the same columns", function()
    assert.equal("TAGS\tx\t\nTAGS\t\t2\n", text '{"Tags": [{"a": "x"}, {"b": 2}]}')
  end)

  it("has the lists of an object of a list below it", function()
    assert.equal("RULES\tx\nTAGS\tt\nRULES\ty\n",
      text '{"Rules": [{"Tags": ["t"], "Name": "x"}, {"Name": "y"}]}')
  end)

  it("takes scalars before lists in a list of both", function()
    assert.equal("A\tx\nA\ty\nA\tb\n", text '{"a": [["b"], "x", "y"]}')
  end)

  it("prints nothing for what is empty within", function()
    assert.equal("x\n", text '{"a": [], "b": {}, "c": "x"}')
  end)

  describe("shows a list or object in a column as Python does:", function()
    for value, expected in pairs {
      ["[]"] = "[]", ['["a", 1, 2.0, null, true]'] = "['a', 1, 2.0, None, True]",
      ['{"a": {"b": []}}'] = "{'a': {'b': []}}", [ [=[["it's"]]=] ] = [=[["it's"]]=],
      [ [=[["a'b\"c"]]=] ] = [=[['a\'b"c']]=],
      [ [=[["\n\\\t\u0001\u007f"]]=] ] = [=[['\n\\\t\x01\x7f']]=],
      ['["\195\164\194\160\226\128\139"]'] = "['\195\164\\xa0\\u200b']",
    } do
      it(value, function()
        assert.equal("None\n" .. expected .. "\n", text('[{"k": null}, {"k": ' .. value .. "}]"))
      end)
    end
  end)

  it("prints a list of objects that has other values in it", function()
    assert.equal("x\ny\nz\n", text '[{"a": "x"}, "y", ["z"]]')
  end)
end)
