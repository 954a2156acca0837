-- One standard for all: what 5.1, LuaJIT, 5.3 and 5.4 have in common.
std = "min"
max_line_length = 100
max_comment_line_length = false -- an annotation cannot be broken; spec/repo looks at the rest
ignore = { "581" } -- "not (a < b)" is how NaN is kept out
read_globals = { math = { fields = { "tointeger", "type" } } } -- where 5.3 has them
exclude_files = { "build" }

files["spec"] = { std = "min+busted" }
files["spec/c"] = { read_globals = { "PORT" } }
files["lua/ses/types"] = { max_line_length = false }
files["lua/ses/emulator/nginx.lua"] = { std = "ngx_lua" }
files["examples/openresty"] = { std = "ngx_lua" }
