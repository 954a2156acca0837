-- AWS's partitions: how the expressions of regions become patterns, and the
-- table that was generated.

local generator = require "spec.support.generator"
local partitions = require "ses.partitions"

local function generated(regex)
  local text = generator.partitions.emit(assert(generator.json.decode(([[{"partitions": [{
    "id": "p", "regionRegex": "%s", "regions": {"one-1": {"description": "prose"}, "one-2": {}},
    "outputs": {"dnsSuffix": "a.example", "dualStackDnsSuffix": "b.example",
      "implicitGlobalRegion": "one-1", "name": "p", "supportsFIPS": true,
      "supportsDualStack": false}
  }]}]]):format((regex:gsub("\\", "\\\\"))))), "a spec")
  local pieces = { text }
  return assert(load(function() return table.remove(pieces) end))(), text
end

describe("gen.partitions", function()
  it("prints a table that loads, without prose", function()
    local list, text = generated [[^one\-\w+\-\d+$]]
    assert.same({ {
      id = "p", dns_suffix = "a.example", dual_stack_dns_suffix = "b.example",
      supports_fips = true, supports_dual_stack = false, implicit_global_region = "one-1",
      patterns = { "^one%-[A-Za-z0-9_]+%-[0-9]+$" },
      regions = { ["one-1"] = true, ["one-2"] = true },
    } }, list)
    assert.is_nil(text:find("prose", 1, true))
    assert.truthy(text:find("Source: a spec.", 1, true))
  end)

  it("makes a pattern of each alternative", function()
    assert.same({ "^us%-[A-Za-z0-9_]+%-[0-9]+$", "^x%-y%-[A-Za-z0-9_]+%-[0-9]+$" },
      generated([[^(us|x-y)\-\w+\-\d+$]])[1].patterns)
    assert.same({ "^ac$", "^ad$", "^bc$", "^bd$" }, generated("^(a|b)(c|d)$")[1].patterns)
  end)

  it("refuses what it cannot translate", function()
    for _, regex in ipairs { "us-.*", "^us", "^a.b$", "^a*$", "^(a|b)+$", "^(a|[bc])$",
                             "^[ab]$", [[^\s$]], "^(a|(b))$", "^a+$", "^(|a)$" } do
      assert.has_error(function() generated(regex) end)
    end
  end)

  it("prints lines of 100 columns at most", function()
    local file = assert(io.open("lua/ses/partitions.lua"))
    for line in file:lines() do assert.truthy(#line <= 100) end
    file:close()
  end)
end)

-- As its documentation says to read it.
local function partition_of(region)
  for _, partition in ipairs(partitions) do
    if partition.regions[region] then return partition.id end
  end
  for _, partition in ipairs(partitions) do
    for _, pattern in ipairs(partition.patterns) do
      if region:find(pattern) then return partition.id end
    end
  end
  return partitions[1].id .. " by default"
end

describe("ses.partitions", function()
  local expected = {
    ["us-east-1"] = "aws", ["eu-west-1"] = "aws", ["mx-central-1"] = "aws",
    ["aws-global"] = "aws", ["eu-somewhere-12"] = "aws", ["us-new_place-1"] = "aws",
    ["cn-north-1"] = "aws-cn", ["cn-south-7"] = "aws-cn", ["aws-cn-global"] = "aws-cn",
    ["eusc-de-east-1"] = "aws-eusc", ["eusc-de-west-2"] = "aws-eusc",
    ["us-gov-west-1"] = "aws-us-gov", ["us-gov-north-1"] = "aws-us-gov",
    ["us-iso-east-1"] = "aws-iso", ["us-isob-east-1"] = "aws-iso-b",
    ["eu-isoe-west-1"] = "aws-iso-e", ["us-isof-south-1"] = "aws-iso-f",
    ["us-east"] = "aws by default", ["xus-east-1"] = "aws by default",
    ["us-east-1a"] = "aws by default", ["US-EAST-1"] = "aws by default",
    ["eusc-fr-east-1"] = "aws by default", local_ = "aws by default",
  }
  for region, partition in pairs(expected) do
    it(region .. " is in " .. partition, function()
      assert.equal(partition, partition_of(region))
    end)
  end

  it("has each field of each partition", function()
    for _, partition in ipairs(partitions) do
      assert.equal("string", type(partition.dns_suffix))
      assert.equal("string", type(partition.dual_stack_dns_suffix))
      assert.equal("boolean", type(partition.supports_fips))
      assert.equal("boolean", type(partition.supports_dual_stack))
      assert.is_true(partition.regions[partition.implicit_global_region])
    end
    assert.equal(8, #partitions)
  end)

  it("holds the regions and suffixes of the vectors", function()
    local root = os.getenv "SES_VECTORS"
    if not root then pending("SES_VECTORS is not set: partitions are not compared") end
    local json, by_id = generator.json, {}
    for _, partition in ipairs(partitions) do by_id[partition.id] = partition end
    local compared = 0
    for _, model in ipairs(generator.read_json(root .. "/models/partitions.json").partitions) do
      local ours, outputs = by_id[model.id], model.outputs
      assert.same({ outputs.dnsSuffix, outputs.dualStackDnsSuffix, outputs.supportsFIPS,
                    outputs.supportsDualStack, outputs.implicitGlobalRegion },
        { ours.dns_suffix, ours.dual_stack_dns_suffix, ours.supports_fips,
          ours.supports_dual_stack, ours.implicit_global_region })
      for region in json.each(model.regions) do
        assert.is_true(ours.regions[region])
        compared = compared + 1
      end
    end
    assert.truthy(compared > 40)
  end)
end)
