import { multiline, optionalText, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

export const help = anyone({
  verb: 'HELP',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'HELP [<verb>]',
  summary: 'List the commands, or explain one of them',
  syntax: optionalText,
  run({ commands }, verb) {
    if (verb === '') return multiline(214, 'Commands:', rows([...commands.keys()]), 'HELP <verb> says more');
    const command = commands.get(verb.toUpperCase());
    if (!command) return reply(502, 'No such command');
    return reply(214, `${command.usage}: ${command.summary} (${command.rfc})`);
  },
});

const VERBS_PER_ROW = 8;

function rows(verbs: readonly string[]): string[] {
  const count = Math.ceil(verbs.length / VERBS_PER_ROW);
  return Array.from({ length: count }, (_, row) =>
    verbs.slice(row * VERBS_PER_ROW, (row + 1) * VERBS_PER_ROW).join(' '),
  );
}
