local recipients = require "ses.recipients"

local count = recipients.count

local THREE = { ToAddresses = { "a@x.org" }, CcAddresses = { "b@x.org" },
                BccAddresses = { "c@x.org" } }

local RAW = table.concat({
  "From: Ann <ann@example.com>", "Reply-To: x@x.org, y@x.org", "To: Bob <bob@x.org>,",
  "\t\"Eve, of course\" <eve@x.org>", "CC : carl@x.org (Carl, you know)",
  "Bcc: Friends: dan@x.org, fay@x.org;", "To: gil@x.org", "X-To: no@x.org", "Resent-To: no@x.org",
  "", "To: in-the-body@x.org",
}, "\r\n")

describe("recipients", function()
  for _, case in ipairs {
    { "SendEmail", { Destination = THREE }, 3 },
    { "SendEmail", { Destination = { ToAddresses = { "a@x.org" } } }, 1 },
    { "SendEmail", { Destination = {} }, 1 },
    { "SendEmail", { Destination = THREE, Content = { Raw = { Data = RAW } } }, 3 },
    { "SendEmail", { Content = { Raw = { Data = RAW } } }, 6 },
    { "SendEmail", { Destination = {}, Content = { Raw = { Data = RAW } } }, 6 },
    { "SendEmail", { Content = { Simple = { Data = RAW } } }, 1 },
    { "SendTemplatedEmail", { Destination = THREE }, 3 },
    { "SendRawEmail", { Destinations = { "a@x.org", "b@x.org" }, RawMessage = { Data = RAW } }, 2 },
    { "SendRawEmail", { RawMessage = { Data = RAW } }, 6 },
    { "SendRawEmail", { RawMessage = { Data = (RAW:gsub("\r", "")) } }, 6 },
    { "SendRawEmail", { RawMessage = { Data = "Subject: none\n\nTo: a@x.org, b@x.org" } }, 1 },
    { "SendRawEmail", { RawMessage = { Data = "To: undisclosed-recipients:;\n\n" } }, 1 },
    { "SendBulkEmail", { BulkEmailEntries = {
      { Destination = THREE }, { Destination = { ToAddresses = { "a@x.org" } } }, {} } }, 5 },
    { "SendBulkEmail", { BulkEmailEntries = {} }, 1 },
    { "SendBulkTemplatedEmail", { Destinations = {
      { Destination = THREE }, { Destination = THREE } } }, 6 },
    { "SendBounce", { BouncedRecipientInfoList = { {}, {}, {} } }, 1 },
    { "SendCustomVerificationEmail", { EmailAddress = "a@x.org" }, 1 },
  } do
    it(("of %s: %d"):format(case[1], case[3]), function()
      assert.equal(case[3], count(case[1], case[2]))
    end)
  end

  it("are not of what sends nothing", function()
    for _, operation in ipairs { "GetSendQuota", "VerifyEmailIdentity", "CreateEmailIdentity",
                                 "PutEmailIdentityMailFromAttributes", "" } do
      assert.is_nil(count(operation, { Destination = THREE }))
    end
  end)

  it("are looked for where the header fields may be, whatever follows", function()
    local long = "To: a@x.org, b@x.org\n\n" .. ("To: c@x.org\n"):rep(100000)
    assert.equal(2, count("SendRawEmail", { RawMessage = { Data = long } }))
    assert.equal(2, count("SendRawEmail", { RawMessage = {
      Data = "X: " .. ("x"):rep(100000) .. "\nTo: a@x.org, b@x.org\n\n" } }))
    assert.equal(1, count("SendRawEmail", { RawMessage = {
      Data = "X: " .. ("x"):rep(1000000) .. "\nTo: a@x.org, b@x.org\n\n" } }))
  end)
end)

-- Whatever stands anywhere in the parameters, a number comes out and nothing of
-- the caller's is run.
describe("recipients of garbage", function()
  local OPERATIONS = { "SendEmail", "SendTemplatedEmail", "SendRawEmail", "SendBulkEmail",
                       "SendBulkTemplatedEmail", "SendBounce", "SendCustomVerificationEmail" }

  local function raise()
    error("a metamethod was called")
  end

  local trap = setmetatable({}, { __index = raise, __len = raise, __pairs = raise,
                                  __ipairs = raise, __call = raise, __tostring = raise })
  local loop = {}
  for _, name in ipairs { "Destination", "Content", "Raw", "Data", "RawMessage", "Destinations",
                          "BulkEmailEntries", "ToAddresses" } do
    loop[name] = loop
  end
  loop[1] = loop

  local VALUES = { 0, 1.5, true, false, "", "To: a@x.org", "\0", print, {}, { {} }, trap, { trap },
                   loop, coroutine.create(raise), io.stdout }
  local SHAPES = {
    function(x) return x end,
    function(x) return { Destination = x } end,
    function(x) return { Destination = { ToAddresses = x, CcAddresses = x } } end,
    function(x) return { Destinations = x } end,
    function(x) return { Destinations = { x, x } } end,
    function(x) return { Destinations = { { Destination = x } } } end,
    function(x) return { RawMessage = x } end,
    function(x) return { RawMessage = { Data = x } } end,
    function(x) return { Content = x } end,
    function(x) return { Content = { Raw = x } } end,
    function(x) return { Content = { Raw = { Data = x } } } end,
    function(x) return { BulkEmailEntries = x } end,
    function(x) return { BulkEmailEntries = { { Destination = { BccAddresses = x } } } } end,
  }

  for _, operation in ipairs(OPERATIONS) do
    it("are at least one: " .. operation, function()
      assert.equal(1, count(operation, nil))
      for _, shape in ipairs(SHAPES) do
        for i = 1, #VALUES do
          local found = count(operation, shape(VALUES[i]))
          assert.truthy(found >= 1 and found <= 2, found)
        end
      end
    end)
  end

  it("are counted in time, whatever the header field", function()
    for char in ('<("\\ \t\r\n,;:a@'):gmatch(".") do
      local raw = "To: a" .. char:rep(10000000) .. "b"
      assert.truthy(count("SendRawEmail", { RawMessage = { Data = raw } }) >= 1)
    end
  end)
end)
