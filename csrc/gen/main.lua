--- Writes the service tables, the partitions and the LuaLS types.
--
--   lua csrc/gen/main.lua MODELS SOURCE OUT
--
-- MODELS is a folder laid out as botocore/data, SOURCE says where it came from
-- ("botocore 1.44.5"), OUT is the root of the tree to write into.

local root = arg[0]:match("^(.*)csrc/gen/[^/]*$")
assert(root, "run this as lua path/to/csrc/gen/main.lua")
package.path = root .. "csrc/?.lua;" .. root .. "lua/?.lua;" .. package.path

local json = require "gen.json"
local service = require "gen.service"
local types = require "gen.types"
local partitions = require "gen.partitions"

-- Of SSO and SSO OIDC only the operations that credentials need; of STS all,
-- because the emulator says of each whether it has it.
local services = {
  { name = "ses", folder = "ses/2010-12-01", types = "ses.v1" },
  { name = "sesv2", folder = "sesv2/2019-09-27", types = "ses.v2" },
  { name = "sts", folder = "sts/2011-06-15" },
  { name = "sso", folder = "sso/2019-06-10",
    operations = { "GetRoleCredentials" } },
  { name = "sso_oidc", folder = "sso-oidc/2019-06-10", operations = {
    "CreateToken", "RegisterClient", "StartDeviceAuthorization",
  } },
}

local function die(text, ...)
  io.stderr:write("gen: ", text:format(...), "\n")
  os.exit(1)
end

local function exists(path)
  local file = io.open(path, "rb")
  return file ~= nil and file:close()
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- A file's text, or that of the file with .gz after its name.
local function read(path)
  local file
  if exists(path) then
    file = io.open(path, "rb")
  elseif exists(path .. ".gz") then
    file = io.popen("gzip -dc " .. quote(path .. ".gz"))
  end
  if not file then die("%s is not there (nor %s.gz)", path, path) end
  local text = file:read("*a")
  file:close()
  return text
end

local function read_json(path)
  local value, message = json.decode(read(path))
  if value == nil then die("%s: %s", path, message) end
  return value
end

local function write(path, text)
  local file, message = io.open(path, "wb")
  if not file then die("%s", message) end
  if not (file:write(text) and file:close()) then die("cannot write %s", path) end
end

-- Texts by path, written only when all are there: a model that is refused must
-- not leave half of the tree new and half of it old.
local texts = {}

local function add_service(row, models, source)
  local folder = models .. "/" .. row.folder
  local model = read_json(folder .. "/service-2.json")
  local options = {
    name = row.name, source = source, operations = row.operations,
    paginators = read_json(folder .. "/paginators-1.json"),
  }
  local text, problems = service.emit(model, options)
  if not text then
    die("%s:\n  %s", folder, table.concat(problems, "\n  "))
  end
  texts["csrc/services/" .. row.name .. ".c"] = text
  if row.types then
    texts["lua/ses/types/" .. row.name .. ".lua"] =
      types.emit(model, options, row.types)
  end
end

local models, source, out = arg[1], arg[2], arg[3]
if not out then die("usage: lua csrc/gen/main.lua MODELS SOURCE OUT") end
for _, row in ipairs(services) do add_service(row, models, source) end
texts["lua/ses/partitions.lua"] =
  partitions.emit(read_json(models .. "/partitions.json"), source)
for path, text in pairs(texts) do write(out .. "/" .. path, text) end
