import { digestAlgorithm, factList, type Reply, reply, wordAndRest } from '../../protocol/index.ts';
import { anyone } from '../command.ts';
import type { Session } from '../session.ts';

export const opts = anyone({
  verb: 'OPTS',
  rfc: 'RFC 2389 section 4',
  usage: 'OPTS MLST|HASH|UTF8 <choice>',
  summary: 'Set an option of another command',
  syntax: wordAndRest,
  run(session, { word, rest }) {
    const option = OPTIONS.get(word);
    return option ? option(session, rest) : reply(501, 'This command has no options');
  },
});

const OPTIONS: ReadonlyMap<string, (session: Session, rest: string) => Reply> = new Map([
  ['MLST', chooseFacts],
  ['HASH', chooseHash],
  ['UTF8', chooseUtf8],
]);

/** RFC 3659 section 7.9 */
function chooseFacts({ isSignedIn, parameters }: Session, rest: string): Reply {
  if (!isSignedIn) return reply(530, 'Please log in with USER and PASS');
  parameters.facts = factList.parse(rest);
  return reply(200, `MLST OPTS ${factList.format(parameters.facts)}`.trimEnd());
}

/** draft-bryan-ftpext-hash-02 section 3.2: without a choice it tells the one in force. */
function chooseHash({ isSignedIn, parameters }: Session, rest: string): Reply {
  if (!isSignedIn) return reply(530, 'Please log in with USER and PASS');
  if (rest !== '') parameters.hashAlgorithm = digestAlgorithm.parse(rest);
  return reply(200, parameters.hashAlgorithm);
}

/** Names are UTF-8 always (RFC 2640); clients ask for it all the same (draft-ietf-ftpext-utf-8-option-00). */
function chooseUtf8(_session: Session, rest: string): Reply {
  return rest === '' || rest.toUpperCase() === 'ON' ? reply(200, 'UTF-8') : reply(504, 'Names are in UTF-8 always');
}
