import { text } from 'node:stream/consumers';
import { passwordRefusal } from '../identity/index.ts';
import { askHidden, type Terminal } from './hidden-answer.ts';
import { UsageError } from './usage-error.ts';

/**
 * A new password: from standard input up to its first line feed, or typed twice at a terminal, which does not show it.
 * @throws UsageError where there is neither, or where it may not be one.
 */
export async function readNewPassword(isOnInput: boolean, terminal: Terminal): Promise<string> {
  const password = isOnInput ? firstLine(await text(terminal.stdin)) : await askTwice(terminal);
  const refusal = passwordRefusal(password);
  if (refusal !== undefined) throw new UsageError(refusal);
  return password;
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}

async function askTwice(terminal: Terminal): Promise<string> {
  if (!terminal.stdin.isTTY) {
    throw new UsageError('No terminal to ask for the password: pipe it in, and add --password-stdin');
  }
  const password = await askHidden('New password: ', terminal);
  if ((await askHidden('Again: ', terminal)) !== password)
    throw new UsageError('The two passwords differ; nothing was changed');
  return password;
}
