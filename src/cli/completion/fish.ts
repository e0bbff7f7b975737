import { type CommandNode, commandsOf, type OptionNode, type PlacedCommand } from './command-tree.ts';

/** A script that completes the command line in fish 3 or later. */
export function fishCompletion(program: CommandNode): string {
  const all = commandsOf(program);
  const places = all.filter(({ words }) => words.length > 1).map(({ words }) => quoted(words.join(' ')));
  return `# Completions of ${program.name} for fish. "${program.name} completion fish" prints them.
function __${program.name}_is_at
    set -l place ${program.name}
    for word in (commandline -opc)[2..-1]
        if contains -- "$place $word" ${places.join(' ')}
            set place "$place $word"
        end
    end
    test "$place" = "$argv"
end
${all.flatMap((placed) => linesOf(program.name, placed)).join('\n')}
`;
}

function linesOf(program: string, { words, command }: PlacedCommand): readonly string[] {
  const start = `complete -c ${program} -n ${quoted(`__${program}_is_at ${words.join(' ')}`)}`;
  return [
    ...command.commands.map(({ name, summary }) => `${start} -f -a ${quoted(name)} -d ${quoted(summary)}`),
    ...command.options.map((option) => `${start} ${optionWords(option)} -d ${quoted(option.summary)}`),
  ];
}

function optionWords({ names, value, choices }: OptionNode): string {
  const named = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const wanted = value === undefined ? [] : ['-r'];
  const known = choices.length === 0 ? [] : [`-f -a ${quoted(choices.join(' '))}`];
  return [...named, ...wanted, ...known].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
