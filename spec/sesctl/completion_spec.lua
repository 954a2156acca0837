-- The scripts of sesctl completion, in the shells themselves.

local completion = require "ses.cli.completion"
local files = require "spec.support.files"
local interpreter = require "spec.support.interpreter"
local shell = require "spec.support.shell"
local typed = require "spec.support.typed"

local function lack(...)
  for _, name in ipairs { ... } do
    if not shell.has(name) then
      pending(name .. " is not installed")
      return true
    end
  end
end

-- A folder whose name has a blank, with files, and a command whose answers can be told
-- from those of sesctl.
local function folder(finally)
  local path = files.folder(finally) .. "/a b"
  assert.same({ "", 0 }, { shell.run("mkdir -p " .. shell.quote(path .. "/sub dir") .. " && cd "
    .. shell.quote(path) .. " && touch 'x y.json' x.pem 'sub dir/z.json' mailer"
    .. " && chmod +x mailer") })
  files.write(path .. "/mailer", "#!/bin/sh\nsesctl \"$@\" | sed s/quota/quorum/\n")
  return path
end

-- What a command prints, in the folder if there is one.
local function run(command, where)
  return (shell.run((where and "cd " .. shell.quote(where) .. " && " or "") .. command))
end

local CASES = {
  { line = "ses get-send-", "get-send-quota", "get-send-statistics" },
  { line = "--region us-east-1 ses get-send-", "get-send-quota", "get-send-statistics" },
  { line = "ses get-send-quota --output=js", "--output=json" },
  { line = "ses get-send-quota --color ", "auto", "off", "on" },
  { line = "ses get-send-quota --color=", "--color=auto", "--color=off", "--color=on" },
  { line = "sesv2 create-contact --topic-preferences TopicName=a,Subs",
    "TopicName=a,SubscriptionStatus=" },
  { line = "ses send-email --message file://x", "file://x y.json", "file://x.pem" },
  { line = "ses send-email --message file://s", "file://sub dir/" },
  { line = "ses get-send-quota --ca-bundle=x.", "--ca-bundle=x.pem" },
  { line = "ses get-send-quota --ca-bundle s", "sub dir/" },
  { line = "emulator mail-from-status example.com F", "Failed" },
  { line = "nothing " },
  { line = "ses get-send-quota --nothing=" },
}

-- What bash makes of a line: it parts words at the characters of COMP_WORDBREAKS too.
local function bash_words(line)
  local words = {}
  for word in line:gmatch("%S+") do
    for plain, mark in (word .. "\0"):gmatch("([^=:%z]*)([=:%z]?)") do
      words[#words + 1] = plain ~= "" and plain or nil
      words[#words + 1] = (mark == "=" or mark == ":") and mark or nil
    end
  end
  if line:find(" $") then
    words[#words + 1] = ""
  end
  for i, word in ipairs(words) do
    words[i] = shell.quote(word)
  end
  return words
end

-- What bash replaces: what stands after the last of those characters.
local function bash_part(word)
  return word:match("[^=:]*$")
end

describe("the script for bash", function()
  -- The candidates for the last word of a line.
  local function complete(line, where)
    local words = bash_words(line)
    local script = "source <(sesctl completion bash)\nCOMP_WORDBREAKS=$' \\t\\n\"\\'><=;|&(:'\n"
      .. "COMP_WORDS=(" .. table.concat(words, " ") .. ")\nCOMP_LINE=" .. shell.quote(line)
      .. "\nCOMP_POINT=${#COMP_LINE}\nCOMP_CWORD=" .. #words - 1
      .. "\n_sesctl\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
    return run("bash --norc -c " .. shell.quote(script), where)
  end

  it("is bash", function()
    if lack "bash" then return end
    assert.same({ "", 0 }, { shell.run("sesctl completion bash | bash -n") })
  end)

  it("completes", function()
    if lack "bash" then return end
    local where = folder(finally)
    for _, case in ipairs(CASES) do
      local expected = {}
      for i, word in ipairs(case) do
        expected[i] = word:sub(1 + #case.line:match("%S*$") - #bash_part(case.line:match("%S*$")))
      end
      table.sort(expected)
      local found = {}
      for word in complete("sesctl " .. case.line, where):gmatch("[^\n]+") do
        found[#found + 1] = word
      end
      table.sort(found)
      assert.same(expected, found, case.line)
    end
  end)

  it("looks at what stands before the cursor", function()
    if lack "bash" then return end
    assert.equal("get-send-quota\nget-send-statistics\n", run([[bash --norc -c '
      source <(sesctl completion bash)
      COMP_WORDS=(sesctl ses get-send-quotx --output json) COMP_CWORD=2
      COMP_LINE="sesctl ses   get-send-quotx --output json" COMP_POINT=22
      _sesctl; printf "%s\n" "${COMPREPLY[@]}"']]))
  end)

  it("quotes what needs it", function()
    if lack "bash" then return end
    assert.equal("a\\ b\\,SubscriptionStatus=\n", run([[bash --norc -c '
      source <(sesctl completion bash)
      COMP_WORDS=(sesctl sesv2 create-contact --topic-preferences TopicName = "a\\ b,S")
      COMP_CWORD=6 COMP_LINE="sesctl sesv2 create-contact --topic-preferences TopicName=a\\ b,S"
      COMP_POINT=${#COMP_LINE}
      _sesctl; printf "%s\n" "${COMPREPLY[@]}"']]))
  end)

  it("asks the command that is typed", function()
    if lack("bash", "zsh") then return end
    local where = folder(finally)
    for keys, expected in pairs {
      ["sesctl ses get-send-q\t"] = "*get-send-quota *",
      ["AWS_PROFILE=x sesctl ses get-send-q\t"] = "*get-send-quota *",
      [where:gsub(" ", "\\ ") .. "/mailer ses get-send-q\t"] = "*get-send-quorum *",
      ["sesctl ses send-email --message file://sub\\ dir/\t"] = "*file://sub\\\\ dir/z.json *",
    } do
      local text, status = typed(finally, "bash --norc --noprofile", "cd " .. shell.quote(where)
        .. "; source <(sesctl completion bash); complete -F _sesctl mailer", keys, expected)
      assert.equal(0, status, text)
    end
  end)

  it("goes on after a member's name, and not after a word", function()
    if lack("bash", "zsh") then return end
    local text, status = typed(finally, "bash --norc --noprofile",
      "source <(sesctl completion bash)",
      "sesctl sesv2 tag-resource --tags K\ta,V\tb --reg\teu-west-1 X",
      "*tag-resource --tags Key=a,Value=b --region eu-west-1 X*")
    assert.equal(0, status, text)
  end)
end)

describe("the script for fish", function()
  local function complete(line, where, command)
    local script = "sesctl completion fish | source; complete -C "
      .. shell.quote((command or "sesctl") .. " " .. line)
    return run("fish --no-config -c " .. shell.quote(script), where)
  end

  it("is fish", function()
    if lack "fish" then return end
    assert.same({ "", 0 }, { shell.run("sesctl completion fish | fish -n") })
  end)

  it("completes", function()
    if lack "fish" then return end
    local where = folder(finally)
    for _, case in ipairs(CASES) do
      local found = {}
      for word in complete(case.line, where):gmatch("[^\n]+") do
        found[#found + 1] = word:match("^[^\t]+")
      end
      local expected = {}
      for i, word in ipairs(case) do
        expected[i] = word
      end
      table.sort(expected)
      table.sort(found)
      assert.same(expected, found, case.line)
    end
  end)

  it("shows words beside a candidate", function()
    if lack "fish" then return end
    assert.equal("get-send-quota\tcalls GetSendQuota\n", complete("ses get-send-q"))
  end)

  it("asks the command that is typed", function()
    if lack "fish" then return end
    local where = folder(finally)
    local quoted = where:gsub(" ", "\\ ") .. "/mailer"
    for command, expected in pairs { [quoted] = "quorum", ["AWS_PROFILE=x sesctl"] = "quota",
                                     [shell.quote(where .. "/mailer")] = "quorum" } do
      local script = "sesctl completion fish | source; complete -c mailer -f"
        .. " -a '(__sesctl_candidates)'; complete -C " .. shell.quote(command .. " ses get-send-q")
      assert.equal("get-send-" .. expected .. "\tcalls GetSendQuota\n",
        run("fish --no-config -c " .. shell.quote(script)))
    end
  end)

  it("takes quotes", function()
    if lack "fish" then return end
    local where = folder(finally)
    assert.equal("file://x y.json\n", complete("ses send-email --message 'file://x ", where))
    run("mkdir 'a$b' && touch 'a$b/z'", where)
    assert.equal("file://a$b/z\n", complete("ses send-email --message 'file://a$b/", where))
    assert.equal("RejectMessage\n", complete(
      "ses set-identity-mail-from-domain --behavior-on-mx-failure \"Rej", where))
  end)
end)

describe("the script for zsh", function()
  local SETUP = "autoload -Uz compinit; compinit -u -D; source <(sesctl completion zsh)"

  -- What the script gives zsh's own functions, where they are stubs.
  local function complete(line)
    local words = {}
    for word in ("sesctl " .. line):gmatch("%S+") do
      words[#words + 1] = shell.quote(word)
    end
    if line:find(" $") then
      words[#words + 1] = "''"
    end
    local script = [[
      compdef() { :; }
      compset() { print -r -- "$@"; }
      _files() { print -r -- files; }
      _describe() { print -rl -- "${whole[@]}" "${open[@]}"; }
      source <(sesctl completion zsh)
      words=(]] .. table.concat(words, " ") .. [[)
      CURRENT=$#words
      PREFIX=$words[CURRENT]
      _sesctl
    ]]
    return run("zsh -f -c " .. shell.quote(script))
  end

  it("is zsh", function()
    if lack "zsh" then return end
    assert.same({ "", 0 }, { shell.run("sesctl completion zsh | zsh -n") })
  end)

  it("gives candidates to zsh", function()
    if lack "zsh" then return end
    local found = complete("ses get-")
    assert.truthy(("\n" .. found):find("\nget-send-quota:calls GetSendQuota\n", 1, true))
    local _, lines = found:gsub("\n", "")
    local _, expected = completion.answer("zsh", { "ses", "get-" }):gsub("\n", "")
    assert.equal(expected, lines)
    assert.equal("Key=:required; string\nValue=:required; string\n",
      complete("sesv2 tag-resource --tags "))
    assert.equal("file\\://:the parameters as JSON: text, file://PATH or fileb://PATH\n",
      complete("ses get-send-quota --cli-input-json "))
    assert.equal("-P file://\nfiles\n", complete("ses send-email --message file://x"))
    assert.equal("-P --ca-bundle=\nfiles\n", complete("ses get-send-quota --ca-bundle=x"))
    assert.equal("\n", complete("nothing "))
  end)

  it("completes", function()
    if lack "zsh" then return end
    local where = folder(finally)
    for keys, expected in pairs {
      ["sesctl ses get-send-q\t"] = "*get-send-quota *",
      ["sesctl --region us-east-1 ses get-send-q\t"] = "*get-send-quota *",
      ["sesctl ses get-send-quota --output=js\t"] = "*--output=json *",
      ["sesctl sesv2 tag-resource --tags K\ta,V\tb X"] = "*Key=a,Value=b X*",
      ["sesctl ses send-email --message file://x\\ \t"] = "*file://x\\\\ y.json *",
      ["sesctl ses send-email --message file://sub\\ dir/\t"] = "*file://sub\\\\ dir/z.json *",
      ["sesctl ses get-send-quota --ca-bundle=s\t"] = "*--ca-bundle=sub\\\\ dir/*",
      ["sesctl ses get-\t"] = "*get-send-quota*--*calls GetSendQuota*",
    } do
      local text, status = typed(finally, "zsh -f -i",
        SETUP .. "; cd " .. shell.quote(where), keys, expected)
      assert.equal(0, status, text)
    end
  end)

  it("asks the command that is typed", function()
    if lack "zsh" then return end
    local where = folder(finally)
    local text, status = typed(finally, "zsh -f -i", SETUP .. "; compdef _sesctl mailer",
      where:gsub(" ", "\\ ") .. "/mailer ses get-send-q\t", "*get-send-quorum *")
    assert.equal(0, status, text)
  end)

  it("is found in a folder of fpath", function()
    if lack "zsh" then return end
    local where = folder(finally)
    run("sesctl completion zsh >_sesctl", where)
    local text, status = typed(finally, "zsh -f -i", "fpath=(" .. shell.quote(where) .. " $fpath);"
      .. "autoload -Uz compinit; compinit -u -D", "sesctl ses get-send-q\t", "*get-send-quota *")
    assert.equal(0, status, text)
  end)
end)

describe("a script", function()
  it("is for the name that the command has, too", function()
    local path = files.folder(finally)
    local ok = run("ln -s \"$PWD/bin/sesctl\" " .. path .. "/mailer && "
      .. shell.quote(interpreter) .. " " .. path .. "/mailer completion bash")
    assert.truthy(ok:find("\ncomplete %-F _sesctl sesctl .* mailer\n$"))
    assert.is_nil(run("sesctl completion bash"):find("mailer", 1, true))
  end)

  it("names no command that a shell would read otherwise", function()
    local scripts = require "ses.cli.completion.scripts"
    for _, name in ipairs { "a b", "$(x)", "-x", "", "a;b", "`x`" } do
      assert.equal(scripts.of("bash", "sesctl"), scripts.of("bash", name))
    end
  end)
end)
