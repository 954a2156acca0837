-- Keys that are typed into an interactive shell, on a terminal of zsh's.

local files = require "spec.support.files"
local shell = require "spec.support.shell"

-- What is read has to come, however long that takes. The keys that set the shell up
-- must not hold the word that says that it is.
local DRIVER = [[
zmodload zsh/zpty || exit 1
zpty -e terminal "$1"
zpty -w terminal "stty columns 300; $2"$'\necho REA""DY'
zpty -r -m terminal seen '*READY*'
zpty -w -n terminal "$3"
zpty -r -m terminal seen "$4"
zpty -d terminal
print -r -- "$seen"
]]

--- What a shell shows after keys were pressed.
---@param finally fun(fn: fun()) busted's own
---@param program string the shell, without files of the user's
---@param setup string a command that it runs first
---@param keys string
---@param expected string a pattern of zsh's, which is waited for
---@return string shown
---@return integer status not 0 where it did not come within a minute
return function(finally, program, setup, keys, expected)
  local driver = files.with(finally, DRIVER)
  local words = {}
  for i, text in ipairs { driver, program, setup, keys, expected } do
    words[i] = shell.quote(text)
  end
  return shell.run("TERM=dumb timeout 60 zsh -f " .. table.concat(words, " "))
end
