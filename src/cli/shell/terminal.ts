import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Completion } from './completion.ts';
import { type History, MAX_HISTORY } from './history.ts';

export interface TerminalOptions {
  /** Asked anew for each line. */
  readonly prompt: () => string;
  readonly complete: (line: string) => Promise<Completion>;
  readonly history: History | undefined;
}

/**
 * The lines that are typed at the terminal, until Ctrl-D. Between two of them the terminal is as it was, so that Ctrl-C
 * is a signal while a command runs; at the prompt it takes the line back.
 */
export async function* typedLines(options: TerminalOptions): AsyncGenerator<string> {
  let rest = '';
  for (;;) {
    const read = await readLines(options, rest);
    if (!read) return;
    rest = read.rest;
    for (const line of read.lines) {
      await options.history?.add(line);
      yield line;
    }
  }
}

interface Read {
  /** Several, where several were pasted at once. */
  readonly lines: readonly string[];
  /** What was pasted behind the last line feed. */
  readonly rest: string;
}

/** Undefined for Ctrl-D. */
async function readLines({ prompt, complete, history }: TerminalOptions, begun: string): Promise<Read | undefined> {
  const lines: string[] = [];
  const over = new AbortController();
  const { signal } = over;
  const noCompletion = Promise.withResolvers<Completion>();
  let completing: Promise<unknown> = Promise.resolve();
  const reader = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: true,
    history: [...(history?.lines ?? [])],
    historySize: MAX_HISTORY,
    removeHistoryDuplicates: true,
    prompt: prompt(),
    completer: async (line: string) => {
      const completion = Promise.race([complete(line), noCompletion.promise]);
      completing = completion;
      const { candidates, typed } = await completion;
      return [candidates, typed] as [string[], string];
    },
  });
  try {
    reader.on('line', (line) => lines.push(line));
    const interrupted = once(reader, 'SIGINT', { signal }).then(() => true);
    const closed = once(reader, 'close', { signal }).then(() => undefined);
    const typed = once(reader, 'line', { signal }).then(() => false);
    reader.prompt();
    if (begun !== '') reader.write(begun);
    const isInterrupted = await Promise.race([interrupted, closed, typed]);
    if (isInterrupted === undefined) {
      process.stdout.write('\n');
      return undefined;
    }
    if (isInterrupted) process.stdout.write('^C\n');
    const rest = isInterrupted ? '' : reader.line;
    // It stands behind the prompt once more when its turn comes.
    if (rest !== '') process.stdout.write('\n');
    return { lines, rest };
  } finally {
    over.abort();
    // Node goes on with its reader when the completion is there, and must not find it closed then.
    noCompletion.resolve({ candidates: [], typed: '' });
    await completing;
    await nextTurn();
    reader.close();
  }
}
