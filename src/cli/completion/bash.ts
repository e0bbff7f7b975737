import { type CommandNode, commandsOf, type PlacedCommand } from './command-tree.ts';

/** A script that completes the command line in bash 4 or later. It needs no other package. Where nothing is known, bash offers files. */
export function bashCompletion(program: CommandNode): string {
  const all = commandsOf(program);
  return `# Completions of ${program.name} for bash. "${program.name} completion bash" prints them.
_${program.name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local place=${program.name} known= index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$place \${COMP_WORDS[index]}" in
${casesOf(all)}
    esac
  done
  case "$place $previous" in
${all.flatMap(choicesOf).join('\n')}
    *)
      case "$place" in
${all.map(knownOf).join('\n')}
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$known" -- "$current"))
}
complete -o default -F _${program.name} ${program.name}
`;
}

function casesOf(all: readonly PlacedCommand[]): string {
  const places = all.filter(({ words }) => words.length > 1).map(({ words }) => `'${words.join(' ')}'`);
  return `      ${places.join(' | ')}) place="$place \${COMP_WORDS[index]}" ;;`;
}

/** Of options that take a value. A value of which nothing is known can be a file. */
function choicesOf({ words, command }: PlacedCommand): readonly string[] {
  const withValue = command.options.filter(({ value }) => value !== undefined);
  const byChoices = Map.groupBy(withValue, ({ choices }) => choices.join(' '));
  return [...byChoices].map(([known, options]) => {
    const patterns = options.flatMap(({ names }) => names.map((name) => `'${[...words, name].join(' ')}'`));
    return `    ${patterns.join(' | ')}) known='${known}' ;;`;
  });
}

function knownOf({ words, command }: PlacedCommand): string {
  const names = [...command.commands.map(({ name }) => name), ...command.options.flatMap(({ names }) => names)];
  return `        '${words.join(' ')}') known='${names.join(' ')}' ;;`;
}
