import { optionalText, reply } from '../../protocol/index.ts';
import { anyone, type CommandDefinition } from '../command.ts';
import type { Session } from '../session.ts';

/** Commands that exist and are refused on purpose, each with its reason. */
export const refused: readonly CommandDefinition[] = [
  refuse(
    'CCC',
    'RFC 4217 section 12',
    'Clear the control connection: passwords and names would travel in clear',
    ({ isSecure }) =>
      isSecure ? [534, 'The control connection stays private'] : [533, 'The control connection is not protected'],
  ),
  refuse('ADAT', 'RFC 2228 section 3', 'Security data: TLS has its own handshake', () => [503, 'TLS needs no ADAT']),
  ...['MIC', 'CONF', 'ENC'].map((verb) =>
    refuse(verb, 'RFC 2228 section 3', 'A protected command: TLS protects all of them', () => [
      502,
      'TLS protects every command',
    ]),
  ),
  refuse('SMNT', 'RFC 959 section 4.1.1', 'Mount a file system, which clients cannot do', () => [
    502,
    'Nothing can be mounted',
  ]),
];

type RefusalReply = (session: Session) => readonly [code: number, text: string];

function refuse(verb: string, rfc: string, summary: string, answer: RefusalReply): CommandDefinition {
  return anyone({
    verb,
    rfc,
    usage: verb,
    summary: `Refused. ${summary}`,
    syntax: optionalText,
    run: (session) => reply(...answer(session)),
  });
}
