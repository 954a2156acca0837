-- One standard for all: what 5.1, LuaJIT, 5.3 and 5.4 have in common.
std = "min"
max_line_length = 100
exclude_files = { "build" }

files["spec"] = { std = "min+busted" }
files["lua/ses/types"] = { max_line_length = false }
