import { type CommandNode, commandsOf, type PlacedCommand } from './command-tree.ts';

/** A script that completes the command line in zsh, for a file `_lockport` in a directory of `fpath`. */
export function zshCompletion(program: CommandNode): string {
  const all = commandsOf(program);
  const places = all.filter(({ words }) => words.length > 1).map(({ words }) => quoted(words.join(' ')));
  return `#compdef ${program.name}
# Completions of ${program.name} for zsh. "${program.name} completion zsh" prints them.
_${program.name}() {
  local place=${program.name} word
  local -a commands options choices
  for word in \${words[2,CURRENT-1]}; do
    case "$place $word" in
      (${places.join('|')}) place="$place $word" ;;
    esac
  done
  case "$place \${words[CURRENT-1]}" in
${all.flatMap(choicesOf).join('\n')}
  esac
  case "$place" in
${all.map(knownOf).join('\n')}
  esac
  if (( \${#commands} )); then _describe -t commands command commands; fi
  if [[ $PREFIX == -* ]]; then _describe -t options option options; fi
  if (( ! \${#commands} )) && [[ $PREFIX != -* ]]; then _files; fi
}
if [[ $funcstack[1] == _${program.name} ]]; then _${program.name} "$@"; else compdef _${program.name} ${program.name}; fi
`;
}

/** Of options that take a value. A value of which nothing is known can be a file. */
function choicesOf({ words, command }: PlacedCommand): readonly string[] {
  const withValue = command.options.filter(({ value }) => value !== undefined);
  const byChoices = Map.groupBy(withValue, ({ choices }) => choices.map(quoted).join(' '));
  return [...byChoices].map(([choices, options]) => {
    const patterns = options.flatMap(({ names }) => names.map((name) => quoted([...words, name].join(' '))));
    const complete = choices === '' ? '_files' : `choices=(${choices}); compadd -a choices`;
    return `    (${patterns.join('|')}) ${complete}; return ;;`;
  });
}

function knownOf({ words, command }: PlacedCommand): string {
  const commands = command.commands.map(({ name, summary }) => described(name, summary));
  const options = command.options.flatMap(({ names, summary }) => names.map((name) => described(name, summary)));
  return [
    `    (${quoted(words.join(' '))})`,
    `      commands=(${commands.join(' ')})`,
    `      options=(${options.join(' ')})`,
    '      ;;',
  ].join('\n');
}

/** `_describe` splits at the first colon that has no backslash. */
function described(name: string, summary: string): string {
  return quoted(`${name.replaceAll(':', '\\:')}:${summary}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
