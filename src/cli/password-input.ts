import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { passwordRefusal } from '../identity/index.ts';
import { Ended } from './ended.ts';
import { UsageError } from './usage-error.ts';

/** The streams of a process: where a password comes from, and where a question goes. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WritableStream;
}

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

/** One line from the terminal, which does not show it. @throws Ended for Ctrl-C, UsageError for Ctrl-D */
export async function askHidden(question: string, { stdin, stderr }: Terminal): Promise<string> {
  stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 });
  const ended = new AbortController();
  lines.once('SIGINT', () => ended.abort(new Ended('interrupted')));
  lines.once('close', () => ended.abort(new UsageError('No password was given')));
  try {
    return await lines.question('', { signal: ended.signal });
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    lines.close();
    stderr.write('\n');
  }
}
