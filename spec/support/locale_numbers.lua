-- Numbers of ses.core under a locale; run by locale_spec with LOCPATH set.
--
--   lua locale_numbers.lua LOCALE

local core = require "ses.core"

print(os.setlocale(arg[1], "all") and "set" or "refused")
print((tostring(1.5):gsub("%d", "")))

local function v1(rate)
  return core.decode(core.handle("ses", "GetSendQuota"), 200, {},
    "<GetSendQuotaResponse><GetSendQuotaResult><MaxSendRate>" .. rate
    .. "</MaxSendRate></GetSendQuotaResult></GetSendQuotaResponse>")
end

print(v1("1.5").MaxSendRate == 3 / 2, v1("15e-1").MaxSendRate == 3 / 2, v1("1,5"))
print(select(2, core.encode(core.handle("ses", "ListIdentities"), { MaxItems = 5 / 2 }))[1].got)
print(core.encode(core.handle("sesv2", "BatchGetMetricData"), { Queries = { {
  Id = "i", Namespace = "VDM", Metric = "SEND", StartDate = 1 / 4, EndDate = 2 ^ 53 / 2 ^ 22 } },
}).body)
