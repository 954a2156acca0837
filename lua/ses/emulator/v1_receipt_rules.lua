--- API v1: receipt rules. They are kept, and no mail is received.
local errors = require "ses.emulator.errors"
local paging = require "ses.emulator.paging"

local fault = errors.fault

-- As many as AWS documents.
local MOST_SETS, MOST_RULES = 40, 200
local SETS_PER_PAGE = 100

local M = {}

local function is_name(text)
  return #text <= 64 and text:find("^%w") and text:find("%w$") and not text:find("[^%w._-]")
end

local function find(ctx, name)
  local set = ctx.region.rule_sets.by_name[name]
  if not set then
    return fault("no_rule_set", "Rule set does not exist: " .. name, { Name = name })
  end
  return set
end

local function position(set, name)
  for i, rule in ipairs(set.rules) do
    if rule.Name == name then
      return i
    end
  end
end

local function metadata(set)
  return { Name = set.name, CreatedTimestamp = set.created }
end

local function described(set)
  return { Metadata = metadata(set), Rules = set.rules }
end

function M.CreateReceiptRuleSet(ctx, params)
  local sets, name = ctx.region.rule_sets, params.RuleSetName
  if not is_name(name) then
    return fault("invalid", "Invalid rule set name: " .. name)
  elseif sets.by_name[name] then
    return fault("exists", "Rule set already exists: " .. name, { Name = name })
  elseif #sets.order >= MOST_SETS then
    return fault("limit", "The region has " .. MOST_SETS .. " rule sets already.")
  end
  sets.number = sets.number + 1
  local set = { name = name, number = sets.number, created = ctx.now, rules = {} }
  sets.by_name[name] = set
  sets.order[#sets.order + 1] = set
  return {}
end

function M.DeleteReceiptRuleSet(ctx, params)
  local sets = ctx.region.rule_sets
  local set = sets.by_name[params.RuleSetName]
  if set and set == sets.active then
    return fault("cannot_delete", "Cannot delete active rule set: " .. set.name,
      { Name = set.name })
  elseif set then
    sets.by_name[set.name] = nil
    paging.remove(sets.order, set)
  end
  return {}
end

function M.DescribeReceiptRuleSet(ctx, params)
  local set, broken = find(ctx, params.RuleSetName)
  return set and described(set), broken
end

function M.DescribeActiveReceiptRuleSet(ctx)
  local active = ctx.region.rule_sets.active
  return active and described(active) or {}
end

function M.ListReceiptRuleSets(ctx, params)
  local page, token = paging.page(ctx.region.rule_sets.order, "rule set", nil, SETS_PER_PAGE,
    params.NextToken)
  if not page then
    return fault("invalid", "Invalid NextToken.")
  end
  local list = {}
  for i, set in ipairs(page) do
    list[i] = metadata(set)
  end
  return { RuleSets = list, NextToken = token }
end

function M.SetActiveReceiptRuleSet(ctx, params)
  local set, broken
  if params.RuleSetName then
    set, broken = find(ctx, params.RuleSetName)
    if not set then
      return nil, broken
    end
  end
  ctx.region.rule_sets.active = set
  return {}
end

function M.CreateReceiptRule(ctx, params)
  local set, broken = find(ctx, params.RuleSetName)
  if not set then
    return nil, broken
  end
  local rule, at = params.Rule, 1
  if not is_name(rule.Name) then
    return fault("invalid", "Invalid rule name: " .. rule.Name)
  elseif position(set, rule.Name) then
    return fault("exists", "Rule already exists: " .. rule.Name, { Name = rule.Name })
  elseif #set.rules >= MOST_RULES then
    return fault("limit", "The rule set has " .. MOST_RULES .. " rules already.")
  elseif params.After then
    at = position(set, params.After)
    if not at then
      return fault("no_rule", "Rule does not exist: " .. params.After, { Name = params.After })
    end
    at = at + 1
  end
  table.insert(set.rules, at, {
    Name = rule.Name, Enabled = rule.Enabled or false, ScanEnabled = rule.ScanEnabled or false,
    TlsPolicy = rule.TlsPolicy or "Optional", Recipients = rule.Recipients or {},
    Actions = rule.Actions or {},
  })
  return {}
end

function M.DeleteReceiptRule(ctx, params)
  local set, broken = find(ctx, params.RuleSetName)
  if not set then
    return nil, broken
  end
  local at = position(set, params.RuleName)
  if at then
    table.remove(set.rules, at)
  end
  return {}
end

return M
