--- The scripts that shells load. They ask sesctl itself: what it answers with is said
--- in ses.cli.completion.
local M = {}

-- What make install calls the command.
local NAMES = { "sesctl", "sesctl-5.1", "sesctl-5.3", "sesctl-5.4", "sesctl-jit" }

M.bash = [==[
# Completes the words of sesctl in bash. Made by: sesctl completion bash
_sesctl() {
  local line=${COMP_LINE:0:COMP_POINT} piece rest word program before path i
  local -a words=()
  # Bash parts words at "=" and ":" as well: what no blank parts is one word.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    rest=${line#"${line%%[![:space:]]*}"}
    piece=${COMP_WORDS[i]}
    ((i < COMP_CWORD)) || piece=$rest
    if ((i == 0)) || [[ $rest != "$line" ]]; then
      words+=("$piece")
      before=
    else
      before=${words[${#words[@]} - 1]}
      words[${#words[@]} - 1]+=$piece
    fi
    line=${rest#"$piece"}
  done
  # What stands before the part that bash replaces.
  [[ $piece == *[!"$COMP_WORDBREAKS"]* ]] || before+=$piece
  before=${before//[\"\'\\]/}

  program=${words[0]//[\"\'\\]/}
  program=$(type -P -- "${program/#\~\//$HOME/}") || program=sesctl

  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == $'\t'* ]]; then
      line=${line#?}
      path=${line#*$'\t'}
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do
        [[ ! -d ${word/#\~\//$HOME/} ]] || word+=/
        word=${line%%$'\t'*}$word
        COMPREPLY+=("${word#"$before"}")
      done < <(compgen -f -- "$path")
    else
      word=${line#"$before"}
      if [[ $word == *[!A-Za-z0-9_.,:=/@%+-]* && $piece != [\"\']* ]]; then
        printf -v word %q "$word"
      fi
      COMPREPLY+=("$word")
    fi
  done < <("$program" completion bash -- "${words[@]:1}" 2>/dev/null </dev/null)
  # It goes on after these.
  if [[ ${COMPREPLY[0]-} == *[=/] ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _sesctl @names@
]==]

M.zsh = [==[
#compdef @names@
# Completes the words of sesctl in zsh. Made by: sesctl completion zsh
_sesctl() {
  local program=${(Q)words[1]} line word
  local -a asked whole open
  program=${program/#\~\//$HOME/}
  whence -p -- $program >/dev/null || program=sesctl
  ((CURRENT <= 2)) || asked=("${(@Q)words[2,CURRENT-1]}")

  for line in "${(@f)$($program completion zsh -- "${asked[@]}" "${(Q)PREFIX}" \
      2>/dev/null </dev/null)}"; do
    if [[ $line == $'\t'* ]]; then
      line=${line#?}
      compset -P "${(b)line%%$'\t'*}"
      _files
      return
    fi
    word=${${line%%$'\t'*}//:/\\:}
    # It goes on after "=" and "/".
    case $word in
      '') ;;
      *[=/]) open+=("$word:${line#*$'\t'}") ;;
      *) whole+=("$word:${line#*$'\t'}") ;;
    esac
  done
  _describe -t values 'sesctl' whole -- open -S ''
}
if [[ $funcstack[1] == _sesctl ]]; then
  _sesctl "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _sesctl @names@
fi
]==]

M.fish = [==[
# Completes the words of sesctl in fish. Made by: sesctl completion fish
function __sesctl_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    while string match -qr '^\w+=' -- "$words[1]"
        set -e words[1]
    end
    set -l program (string replace -r '^~/' "$HOME/" -- "$words[1]")
    command -q -- $program
    or set program sesctl
    for line in (command $program completion fish -- $words[2..-1] "$current" \
            2>/dev/null </dev/null)
        set -l parts (string split \t -- $line)
        if test -n "$parts[1]"
            printf '%s\n' $line
        else
            set -l path (string replace -r '^\\\\~' '~' -- (string escape -n -- "$parts[3]"))
            printf "$parts[2]%s\n" (complete -C "'' $path")
        end
    end
end
for name in @names@
    complete -c $name -f -a '(__sesctl_candidates)'
end
]==]

--- The script of a shell.
---@param shell string "bash", "fish" or "zsh"
---@param name string what the command that is running is called
---@return string
function M.of(shell, name)
  local names = {}
  local is_known = not name:find("^%w[%w._+-]*$")
  for i, known in ipairs(NAMES) do
    names[i] = known
    is_known = is_known or known == name
  end
  names[#names + 1] = not is_known and name or nil
  return (M[shell]:gsub("@names@", table.concat(names, " ")))
end

return M
