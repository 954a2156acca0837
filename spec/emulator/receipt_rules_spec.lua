-- Receipt rules, which are kept and told.

local emulated = require "spec.support.emulated"
local ses = require "ses"

local check = ses.check
local v1

before_each(function()
  v1 = select(2, emulated.new())
end)

local function refused(code, name, result, err)
  assert.is_nil(result)
  assert.same({ code, name }, { err.code, (err.details or {}).Name })
end

local function create(name, after, members)
  local rule = { Name = name }
  for member, value in pairs(members or {}) do
    rule[member] = value
  end
  return v1:create_receipt_rule { RuleSetName = "set", After = after, Rule = rule }
end

local function names()
  local list = {}
  for i, rule in ipairs(check(v1:describe_receipt_rule_set { RuleSetName = "set" }).Rules) do
    list[i] = rule.Name
  end
  return list
end

describe("a receipt rule set", function()
  it("is active once it is made so, and can go when it is not", function()
    assert.is_nil(check(v1:describe_active_receipt_rule_set()).Metadata)
    check(v1:create_receipt_rule_set { RuleSetName = "set" })
    check(v1:create_receipt_rule_set { RuleSetName = "other" })
    local list = check(v1:list_receipt_rule_sets()).RuleSets
    assert.same({ "set", "other" }, { list[1].Name, list[2].Name })
    check(v1:set_active_receipt_rule_set { RuleSetName = "set" })
    local active = check(v1:describe_active_receipt_rule_set())
    assert.same({ "set", emulated.TIME, {} },
      { active.Metadata.Name, active.Metadata.CreatedTimestamp, active.Rules })
    refused("CannotDelete", "set", v1:delete_receipt_rule_set { RuleSetName = "set" })
    check(v1:set_active_receipt_rule_set())
    assert.is_nil(check(v1:describe_active_receipt_rule_set()).Metadata)
    check(v1:delete_receipt_rule_set { RuleSetName = "set" })
    check(v1:delete_receipt_rule_set { RuleSetName = "set" })
    assert.equal(1, #check(v1:list_receipt_rule_sets()).RuleSets)
  end)

  it("has rules in their order", function()
    check(v1:create_receipt_rule_set { RuleSetName = "set" })
    check(create("b", nil, { Enabled = true, Recipients = { "bounce.example.com" }, TlsPolicy =
      "Require", Actions = { { StopAction = { Scope = "RuleSet" } } } }))
    check(create "a")
    check(create("c", "b"))
    assert.same({ "a", "b", "c" }, names())
    assert.same({ Name = "b", Enabled = true, ScanEnabled = false, TlsPolicy = "Require",
                  Recipients = { "bounce.example.com" },
                  Actions = { { StopAction = { Scope = "RuleSet" } } } },
      check(v1:describe_receipt_rule_set { RuleSetName = "set" }).Rules[2])
    check(v1:delete_receipt_rule { RuleSetName = "set", RuleName = "b" })
    check(v1:delete_receipt_rule { RuleSetName = "set", RuleName = "b" })
    assert.same({ "a", "c" }, names())
  end)

  it("is refused where names are wrong", function()
    check(v1:create_receipt_rule_set { RuleSetName = "set" })
    check(create "a")
    refused("AlreadyExists", "set", v1:create_receipt_rule_set { RuleSetName = "set" })
    refused("AlreadyExists", "a", create "a")
    refused("RuleDoesNotExist", "z", create("b", "z"))
    refused("InvalidParameterValue", nil, create "-b")
    refused("InvalidParameterValue", nil, v1:create_receipt_rule_set { RuleSetName = "a b" })
    refused("InvalidParameterValue", nil, v1:list_receipt_rule_sets { NextToken = "x" })
    for _, call in ipairs { "describe_receipt_rule_set", "set_active_receipt_rule_set" } do
      refused("RuleSetDoesNotExist", "no", v1[call](v1, { RuleSetName = "no" }))
    end
    refused("RuleSetDoesNotExist", "no", v1:create_receipt_rule { RuleSetName = "no",
      Rule = { Name = "a" } })
    refused("RuleSetDoesNotExist", "no", v1:delete_receipt_rule { RuleSetName = "no",
      RuleName = "a" })
  end)
end)
