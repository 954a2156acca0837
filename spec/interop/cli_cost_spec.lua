-- What it costs to set a MAIL FROM domain with sesctl and with the AWS CLI, one
-- after the other on the same machine. Once in a test run, on Lua 5.4.

local clients = require "spec.support.interop.clients"
local hosts = require "spec.support.interop.host"
local tree = require "spec.support.tree"

local ROUNDS = 7
local LESS_TIME, LESS_MEMORY = 20, 5

local _, not_built = tree.built "cost"
local missing = clients.cli.missing() or not_built

if clients.all_take_part and missing then
  pending("the cost of sesctl and of the AWS CLI: " .. missing)
elseif clients.all_take_part then
  describe("to set a MAIL FROM domain, sesctl", function()
    local host
    local seconds, kilobytes = { aws = {}, sesctl = {} }, { aws = {}, sesctl = {} }

    local function set_by(program, round)
      local domain = ("%s%d.example.com"):format(program, round)
      local said = clients.cost(host, program, "ses set-identity-mail-from-domain"
        .. " --identity example.com --mail-from-domain " .. domain
        .. " --behavior-on-mx-failure RejectMessage")
      assert.same({ 0, "", "" }, { said.status, said.out, said.errors })
      assert.equal(domain, host:control("GET", "identities").identities[1].mail_from_domain)
      table.insert(seconds[program], said.seconds)
      table.insert(kilobytes[program], said.kilobytes)
    end

    lazy_setup(function()
      host = hosts.start("--no-throttle")
      local said = clients.aws(host, "ses verify-domain-identity --domain example.com")
      assert.same({ 0, "" }, { said.status, said.errors })
      for round = 1, ROUNDS do
        set_by("aws", round)
        set_by("sesctl", round)
      end
      for _, of in ipairs { seconds, kilobytes } do
        table.sort(of.aws)
        table.sort(of.sesctl)
      end
    end)

    -- Of times the best one says most: what else the machine does makes others longer.
    it("takes a twentieth of the AWS CLI's time", function()
      local ours, theirs = seconds.sesctl[1], seconds.aws[1]
      assert.truthy(ours * LESS_TIME <= theirs, ("%.4f s, and the AWS CLI %.4f s"):format(ours,
        theirs))
    end)

    -- Where libraries land in memory says how much of them becomes resident.
    it("takes a fifth of the AWS CLI's memory", function()
      local middle = math.ceil(ROUNDS / 2)
      local ours, theirs = kilobytes.sesctl[middle], kilobytes.aws[middle]
      assert.truthy(ours * LESS_MEMORY <= theirs, ("%d KB, and the AWS CLI %d KB"):format(ours,
        theirs))
    end)

    it("leaves no process and no file behind", function()
      assert.equal("", host:stop())
    end)
  end)
end
