import type { Charset } from '../../protocol/index.ts';
import { ClientError } from '../errors.ts';

/**
 * The bytes of one command. The only way to the wire: nothing that would end the line, or cut it, gets through, wherever
 * it came from (CVE-2026-39983, GHSA-6v7q-wjvx-w8wg). A byte 255 is doubled, as the control connection is a Telnet
 * stream (RFC 854).
 * @throws ClientError `invalid-argument`
 */
export function commandBytes(verb: string, argument: string, charset: Charset): Buffer {
  const line = argument === '' ? verb : `${verb} ${argument}`;
  if (/[\0\r\n]/.test(line)) {
    throw new ClientError(
      'invalid-argument',
      `The argument of ${shownVerb(verb)} holds a NUL, CR or LF; nothing was sent`,
      {
        phase: 'prepare',
      },
    );
  }
  const bytes = encode(line, charset, verb);
  const doubled = bytes.includes(0xff)
    ? Buffer.from(bytes.toString('latin1').replaceAll('\xff', '\xff\xff'), 'latin1')
    : bytes;
  return Buffer.concat([doubled, lineEnd]);
}

/** The command as it may be shown: PASS and ACCT without what is secret. */
export function shownCommand(verb: string, argument: string): string {
  if (argument === '') return shownVerb(verb);
  return secretVerbs.has(verb.toUpperCase()) ? `${verb} ***` : `${shownVerb(verb)} ${argument}`;
}

const secretVerbs = new Set(['PASS', 'ACCT']);
const lineEnd = Buffer.from('\r\n');

function encode(line: string, charset: Charset, verb: string): Buffer {
  try {
    return charset.encode(line);
  } catch (cause) {
    const message = `The argument of ${shownVerb(verb)} can't be written in the encoding of this connection`;
    throw new ClientError('invalid-argument', message, { phase: 'prepare', cause });
  }
}

/** A verb that is none may hold anything. */
function shownVerb(verb: string): string {
  return /^[A-Za-z]{1,12}$/.test(verb) ? verb : 'the command';
}
