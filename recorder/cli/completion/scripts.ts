/** How a shell asks kubemon for what a word can be completed to; to be evaluated by it. */
export const completionScripts = {
  bash: `# kubemon completion bash
_kubemon() {
  local line=\${COMP_LINE:0:COMP_POINT} candidate
  # Bash also parts words at : and =, and only replaces what stands behind them.
  local word=\${line##*[[:space:]]}
  local before=\${word%"$2"}
  COMPREPLY=()
  while IFS= read -r candidate; do
    if [[ $candidate == : ]]; then
      compopt -o default
    else
      candidate=\${candidate%%$'\\t'*}
      COMPREPLY+=("\${candidate#"$before"}")
    fi
  done < <("$1" complete -- "$line" 2>/dev/null)
}
complete -F _kubemon kubemon
`,
  zsh: `#compdef kubemon
_kubemon() {
  local candidate files
  local -a candidates
  while IFS= read -r candidate; do
    if [[ $candidate == : ]]; then
      files=1
    else
      candidates+=("\${\${candidate%%$'\\t'*}//:/\\\\:}:\${candidate#*$'\\t'}")
    fi
  done < <("\${words[1]}" complete -- "\${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)
  _describe -t kubemon kubemon candidates
  [[ -z $files ]] || _files
}
if [[ $funcstack[1] == _kubemon ]]; then
  _kubemon "$@"
else
  compdef _kubemon kubemon
fi
`,
} as const;
