-- Every operation: a sample of its params is written as botocore writes it,
-- and a sample of its results and errors is read as botocore reads it.

local cjson = require "cjson"
local botocore = require "spec.support.botocore"
local core = require "ses.core"
local json_text = require "spec.support.json_text"
local protocol = require "spec.support.protocol"
local responses = require "spec.support.responses"
local samples = require "spec.support.samples"
local wire = require "spec.support.wire"

-- What has failed, one line each; many samples are looked at before a spec
-- says how they did.
local function report()
  local problems = {}
  return problems, function(what, same, where)
    if not same then problems[#problems + 1] = what .. ": " .. tostring(where) end
  end
end

local function each_operation(visit)
  for _, service in ipairs(core.services()) do
    for _, name in ipairs(core.service(service).operations) do
      visit(service, name, core.operation(service, name))
    end
  end
end

-- The samples of params that are tried.
local function params_of(service, op)
  if not op.input then return { {} } end
  return { samples.of(service, op.input, false), samples.of(service, op.input, false, 5),
           samples.of(service, op.input, true) }
end

local function results_of(service, op)
  if not op.output then return { {} } end
  return { samples.of(service, op.output, false), samples.of(service, op.output, false, 3),
           samples.of(service, op.output, true) }
end

local function compare_bodies(found, wanted, check, what)
  local media = wire.media_type(wanted.headers["content-type"])
  check(what .. " content type", media == wire.media_type(found.headers["content-type"]),
    tostring(found.headers["content-type"]))
  if media == "application/json" then
    check(what .. " body", protocol.equal(cjson.decode(wanted.body), cjson.decode(found.body)))
  elseif media then
    check(what .. " form", protocol.equal(wire.pairs(wanted.body), wire.pairs(found.body)))
  else
    check(what .. " body", wanted.body == found.body, found.body)
  end
end

local function compare_requests(request, wanted, check, what)
  local path, query = wire.split(wanted.url:gsub("^https://example%.com", ""))
  check(what .. " method", request.method == wanted.method, request.method)
  check(what .. " path", request.path == path, request.path .. " against " .. path)
  check(what .. " query", protocol.equal(wire.pairs(query), wire.pairs(request.query)))
  compare_bodies({ headers = wire.lower(request.headers), body = request.body or "" },
    { headers = wire.lower(wanted.headers), body = core.decode_base64(wanted.body) }, check, what)
  for name, value in pairs(wire.lower(request.headers)) do
    check(what .. " " .. name, name == "content-type"
      or wire.lower(wanted.headers)[name] == value, value)
  end
end

-- A result as botocore's parser returns it.
local function parsed(service, shape, result)
  return cjson.decode(json_text.encode(shape and samples.plain(service, shape, result) or {}))
end

-- The members that an operation's shapes lead to, by shape, in order.
local function reach(service, op)
  local found = {}
  local function visit(name)
    if not name or found[name] then return end
    local shape, names = core.shape(service, name), {}
    found[name] = names
    for i, member in ipairs(shape.members or {}) do
      names[i] = member.name
      visit(member.shape)
    end
    table.sort(names)
    for _, part in ipairs { "member", "key", "value" } do
      visit(shape[part] and shape[part].shape)
    end
  end
  visit(op.input)
  visit(op.output)
  for _, shape in ipairs(op.errors) do visit(shape) end
  return found
end

-- Whether botocore's model has an operation as the tables do.
local function is_same(service, op, described)
  return described and described.method == op.method and described.uri == op.uri
    and protocol.equal(reach(service, op), described.members)
end

describe("every operation", function()
  local missing = botocore.missing(true)
  if missing then
    it("is written and read as botocore does", function() pending(missing) end)
    return
  end

  -- The operations that the models have as the tables do, and the others.
  local comparable, others = {}, {}
  setup(function()
    local jobs, described = {}, {}
    for i, service in ipairs(core.services()) do
      jobs[i] = { action = "describe", service = service }
    end
    for i, found in ipairs(botocore.run(jobs)) do described[jobs[i].service] = found end
    each_operation(function(service, name, op)
      if is_same(service, op, described[service][name]) then
        comparable[service .. "." .. name] = true
      else
        others[#others + 1] = service .. "." .. name
      end
    end)
  end)

  it("is in the models", function()
    if #others > 0 then
      pending(("botocore's models in %s are older than the tables: not compared are %s"):format(
        botocore.models(), table.concat(others, ", ")))
    end
    assert.same({}, others)
  end)

  it("is written as botocore writes it", function()
    local jobs, requests = {}, {}
    local problems, check = report()
    each_operation(function(service, name, op)
      for i, params in ipairs(params_of(service, op)) do
        local request, faults = core.encode(core.handle(service, name), params)
        local what = ("%s.%s %d"):format(service, name, i)
        check(what, request, faults and faults[1].message)
        if request and comparable[service .. "." .. name] then
          requests[#requests + 1] = { request = request, what = what }
          jobs[#jobs + 1] = { action = "serialize", service = service, operation = name,
            params = op.input and samples.plain(service, op.input, params) or {} }
        end
      end
    end)
    for i, wanted in ipairs(botocore.run(jobs)) do
      if wanted.failed then
        check(requests[i].what, false, wanted.failed)
      else
        compare_requests(requests[i].request, wanted, check, requests[i].what)
      end
    end
    assert.same({}, problems)
    assert.truthy(#jobs > 500)
  end)

  it("has its results read as botocore reads them", function()
    local jobs, found = {}, {}
    local problems, check = report()
    each_operation(function(service, name, op)
      for i, result in ipairs(results_of(service, op)) do
        local response = responses.result(service, name, result)
        local decoded, id = core.decode(core.handle(service, name), response.status,
          response.headers, response.body)
        local what = ("%s.%s %d"):format(service, name, i)
        check(what, decoded, not decoded and id.message)
        if decoded then
          check(what .. " is what was written", protocol.equal(result, decoded))
          check(what .. " request id", id == "request-1", id)
          if comparable[service .. "." .. name] then
            found[#found + 1] = { what = what, value = parsed(service, op.output, decoded) }
            jobs[#jobs + 1] = { action = "parse", service = service, operation = name,
              status = response.status, headers = response.headers,
              body = core.encode_base64(response.body) }
          end
        end
      end
    end)
    for i, wanted in ipairs(botocore.run(jobs)) do
      local id = (wanted.ResponseMetadata or {}).RequestId
      wanted.ResponseMetadata = nil
      check(found[i].what, protocol.equal(wanted, found[i].value))
      check(found[i].what .. " request id", id == "request-1", id)
    end
    assert.same({}, problems)
    assert.truthy(#jobs > 500)
  end)

  it("has its errors read as botocore reads them", function()
    local jobs, found = {}, {}
    local problems, check = report()
    each_operation(function(service, name, op)
      for _, shape in ipairs(op.errors) do
        local members = samples.of(service, shape, false)
        local response = responses.fault(service, shape, members)
        local result, err = core.decode(core.handle(service, name), response.status,
          response.headers, response.body)
        local what = ("%s.%s %s"):format(service, name, shape)
        check(what .. " is an error", result == nil and err.kind == "service",
          err and err.message)
        check(what .. " shape", err.shape == shape, err.shape)
        if comparable[service .. "." .. name] then
          found[#found + 1] = { what = what, err = err, plain = parsed(service, shape,
            err.details or {}) }
          jobs[#jobs + 1] = { action = "parse", service = service, operation = name,
            status = response.status, headers = response.headers,
            body = core.encode_base64(response.body) }
        end
      end
    end)
    for i, wanted in ipairs(botocore.run(jobs)) do
      local what, err = found[i].what, found[i].err
      check(what .. " code", err.code == wanted.Error.Code, wanted.Error.Code)
      check(what .. " message", (err.message or "") == (wanted.Error.Message or ""),
        wanted.Error.Message)
      check(what .. " request id", err.request_id == wanted.ResponseMetadata.RequestId,
        err.request_id)
      wanted.Error, wanted.ResponseMetadata, wanted.message, wanted.Message = nil, nil, nil, nil
      check(what .. " details", protocol.equal(wanted, found[i].plain))
    end
    assert.same({}, problems)
    assert.truthy(#jobs > 300)
  end)
end)
