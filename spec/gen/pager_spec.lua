-- How operations page: from botocore's rows, from the shapes, and for every
-- operation of SES that does.

local generator = require "spec.support.generator"
local json = generator.json

local shapes = [[
  "Input": {"type": "structure", "members": {%s}},
  "Output": {"type": "structure", "members": {%s}},
  "S": {"type": "string"}, "N": {"type": "integer"},
  "L": {"type": "list", "member": {"shape": "S"}},
  "M": {"type": "map", "key": {"shape": "S"}, "value": {"shape": "S"}}]]

-- The fields of the operation's pager, or the problems.
local function pager(input, output, row)
  local model = generator.model(shapes:format(input, output),
    { operation = ', "output": {"shape": "Output"}' })
  local text, problems = generator.emit(model, {
    paginators = row and json.decode('{"pagination": {"Do": ' .. row .. "}}") or nil,
  })
  if not text then return problems end
  local body = text:match("struct ses_pager pager_Do = {(.-)};")
  if not body then return nil end
  local found = {}
  for name, value in body:gmatch('%.([%w_]+) = "([^"]*)"') do found[name] = value end
  return found
end

local token = '"NextToken": {"shape": "S"}'
local list = '"Things": {"shape": "L"}'

describe("gen.pager", function()
  it("sees an operation whose shapes page", function()
    assert.same({ input_token = "NextToken", output_token = "NextToken",
                  limit = "PageSize", items = "Things" },
      pager(token .. ', "PageSize": {"shape": "N"}', list .. ", " .. token))
  end)

  it("takes a map for items", function()
    assert.equal("Things", pager(token, '"Things": {"shape": "M"}, ' .. token).items)
  end)

  it("knows the names of limits, if they are numbers", function()
    for _, name in ipairs { "MaxItems", "MaxResults", "PageSize", "Limit" } do
      assert.equal(name, pager(token .. (', "%s": {"shape": "N"}'):format(name),
        list .. ", " .. token).limit)
      assert.is_nil(pager(token .. (', "%s": {"shape": "S"}'):format(name),
        list .. ", " .. token).limit)
    end
  end)

  it("asks for a token on both sides", function()
    assert.is_nil(pager(token, list))
    assert.is_nil(pager('"A": {"shape": "S"}', list .. ", " .. token))
    assert.is_nil(pager('"NextToken": {"shape": "N"}', list .. ", " .. token))
  end)

  it("does not guess which of two lists is paged through", function()
    assert.same({ "no single list to page through at Do" },
      pager(token, list .. ', "More": {"shape": "L"}, ' .. token))
    assert.same({ "no single list to page through at Do" }, pager(token, token))
  end)

  it("follows a row of botocore's", function()
    assert.same({ input_token = "From", output_token = "To", limit = "Many", items = "More" },
      pager('"From": {"shape": "S"}, "Many": {"shape": "N"}',
        list .. ', "More": {"shape": "L"}, "To": {"shape": "S"}',
        [[{"input_token": "From", "output_token": ["To"], "limit_key": "Many",
           "result_key": ["More"]}]]))
  end)

  describe("refuses a row", function()
    local both = '"input_token": "NextToken", "output_token": "NextToken"'
    local cases = {
      ["with two tokens"] = '"input_token": ["NextToken", "B"], ' ..
        '"output_token": "NextToken", "result_key": "Things"',
      ["with two lists"] = both .. ', "result_key": ["Things", "NextToken"]',
      ["without a list"] = both,
      ["with a path"] = both .. ', "result_key": "Things.More"',
      ["with a limit that is not there"] = both ..
        ', "result_key": "Things", "limit_key": "Max"',
      ["with a flag for more"] = both ..
        ', "result_key": "Things", "more_results": "NextToken"',
    }
    for name, row in pairs(cases) do
      it(name, function()
        assert.same({ "unsupported: paginator at Do" },
          pager(token, list .. ", " .. token, "{" .. row .. "}"))
      end)
    end
  end)
end)

describe("the operations that page", function()
  local core = require "ses.core"
  local vectors = os.getenv "SES_VECTORS"

  local function paging(service)
    local found = {}
    for _, name in ipairs(core.service(service).operations) do
      found[name] = core.operation(service, name).pager
    end
    return found
  end

  local function count(map)
    local n = 0
    for _ in pairs(map) do n = n + 1 end
    return n
  end

  it("are 5 of v1 and 20 of v2", function()
    assert.equal(5, count(paging "ses"))
    assert.equal(20, count(paging "sesv2"))
    assert.equal(0, count(paging "sts") + count(paging "sso") + count(paging "sso_oidc"))
  end)

  it("hold the one that came after the vectors", function()
    assert.same({ input_token = "NextToken", output_token = "NextToken", limit = "PageSize",
                  items = "Certificates" }, paging("sesv2").ListEmailIdentityCertificates)
  end)

  it("are those of botocore and of Smithy's model taken together", function()
    if not vectors then pending("SES_VECTORS is not set: 24 pagers are not compared") end
    local merged = generator.read_json(vectors .. "/paginators-waiters/merged.json")
    local compared = 0
    for service, rows in json.each(merged.paginators) do
      local ours = paging(service)
      for name, row in json.each(rows) do
        compared = compared + 1
        assert.same({
          name = name, input_token = row.input_token, output_token = row.output_token,
          limit = row.limit_key ~= json.null and row.limit_key or nil,
          items = row.result_key[1],
        }, {
          name = name, input_token = ours[name].input_token,
          output_token = ours[name].output_token, limit = ours[name].limit,
          items = ours[name].items,
        })
        assert.equal(1, #row.result_key)
      end
    end
    assert.equal(24, compared)
  end)
end)
