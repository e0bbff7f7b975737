import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { encodeText, printable } from '../../core/index.ts';
import { columnsOf } from '../remote/columns.ts';
import type { Interruption } from '../remote/interruption.ts';
import { StatusLines } from '../remote/status-lines.ts';
import { UsageError } from '../usage-error.ts';

/** The connection would be taken for idle, or lost, if it waited longer. */
const MAX_WATCH_SECONDS = 30;

interface ShowFlags {
  readonly json?: true;
  readonly watch?: string | true;
}

/** For verbs whose answer can be looked at again and again. */
export function addWatch(command: Command): Command {
  return command
    .option('--json', 'as JSON; with --watch, a line each time')
    .option('--watch [seconds]', 'again and again, until Ctrl-C (default: each second)');
}

/** Prints what `ask` gives, once or with `--watch` until Ctrl-C, which is its ordinary end. */
export async function show<Answer extends object>(
  command: Command,
  interruption: Interruption,
  ask: () => Promise<Answer>,
  linesOf: (answer: Answer) => readonly string[],
): Promise<void> {
  const { json = false, watch } = command.opts<ShowFlags>();
  const { signal } = interruption;
  if (watch === undefined) {
    const answer = await ask();
    await print(json ? [JSON.stringify(answer, undefined, 2)] : linesOf(answer), signal);
    return;
  }
  const everyMs = 1000 * secondsOf(watch);
  const screen = new StatusLines(process.stdout);
  while (!signal.aborted) {
    const answer = await ask().catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (!answer) break;
    if (json) await print([JSON.stringify(answer)], signal);
    else if (screen.isPossible) screen.show(fittedLines(linesOf(answer), screen));
    else await print([...linesOf(answer), ''], signal);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  if (interruption.reason?.exit !== 'interrupted') signal.throwIfAborted();
}

/** Lines of results; what is in them acts on no terminal. */
export async function print(lines: readonly string[], signal?: AbortSignal): Promise<void> {
  const text = lines.map((line) => `${line.split('\n').map(printable).join('\n')}\n`).join('');
  if (!process.stdout.write(encodeText(text))) await once(process.stdout, 'drain', signal && { signal });
}

function secondsOf(watch: string | true): number {
  const seconds = watch === true ? 1 : Number(/^\d{1,4}(?:\.\d)?$/.exec(watch)?.[0]);
  if (seconds >= 0.2 && seconds <= MAX_WATCH_SECONDS) return seconds;
  throw new UsageError(`--watch: expected seconds from 0.2 to ${MAX_WATCH_SECONDS}, got "${printable(String(watch))}"`);
}

function fittedLines(lines: readonly string[], { columns, rows }: StatusLines): readonly string[] {
  const shown = lines.length > rows ? [...lines.slice(0, rows - 1), `... and ${lines.length - rows + 1} more`] : lines;
  return shown.map((line) => cropped(printable(line), columns));
}

/** A line that is too long would take a second one, which is not erased. */
function cropped(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line;
  let shown = '';
  for (const character of line) {
    if (columnsOf(shown + character) >= columns) break;
    shown += character;
  }
  return `${shown}…`;
}
