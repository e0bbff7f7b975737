import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Ended } from './ended.ts';
import { UsageError } from './usage-error.ts';

/** The streams of a process: where a password comes from, and where a question goes. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WritableStream;
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
