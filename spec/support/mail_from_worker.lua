-- Plans MAIL FROM domains, applies the plan with a journal, and prints what was
-- planned and done: mail_from_worker.lua URL JOURNAL COUNT
local ses = require "ses"

-- Lua's own program ends by an error at SIGINT; what LuaJIT has compiled would not
-- notice.
if rawget(_G, "jit") then
  jit.off() -- luacheck: ignore 113
end

local url, journal, count = arg[1], arg[2], tonumber(arg[3])

local client = ses.check(ses.client("ses", {
  endpoint = url, region = "us-east-1", rate = false, retry = { mode = "off" },
  credentials = { access_key_id = "AKIDEXAMPLE",
                  secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
}))

local wanted = {}
for i = 1, count do
  wanted[("d%d.example"):format(i)] = ("bounce.d%d.example"):format(i)
end

local plan = ses.check(ses.mail_from.plan(client, wanted))
local report = ses.check(plan:apply { journal = journal })
print(plan.calls, report.calls, report.done, report.unchanged, report.left)
os.exit(report.done + report.unchanged == count and 0 or 1)
