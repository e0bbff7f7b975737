import { Buffer } from 'node:buffer';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { background, printable, waitAtMost } from '../../../core/index.ts';
import { filled } from '../../../operations/index.ts';
import type { CommandSettings } from '../../configuration/index.ts';
import { isRoot, type SystemUser } from '../../privileges.ts';
import { StartError } from '../../start-error.ts';
import { systemCode } from '../../system-error.ts';
import { type Action, ActionError } from './action.ts';

/** Of what a program writes, for operators; the rest is read and dropped. */
const MAX_SHOWN_BYTES = 400;
const LAST_WORDS_MS = 1000;
/** Nothing of the server's own environment reaches a program: it may hold secrets. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };

/**
 * Runs a program for each event. No shell reads its arguments. It gets the event as JSON on its standard input, a directory and
 * an environment that say nothing of the server, and a process group of its own, which is killed as a whole when its time
 * is over. It succeeds by exit code 0.
 * @param user whom it runs as; undefined: whom the server runs as
 * @throws StartError where there is no such program
 */
export async function commandAction(settings: CommandSettings, rule: string, user?: SystemUser): Promise<Action> {
  const [program = '', ...templates] = settings.run;
  await access(program, constants.X_OK).catch((cause: unknown) => {
    const message = `${program}: can't be run (${systemCode(cause) ?? String(cause)}), and the rule ${rule} names it`;
    throw new StartError(message, { cause });
  });
  return {
    kind: 'command',
    async perform(event, signal) {
      const child = spawn(
        program,
        templates.map((template) => filled(template, event)),
        {
          cwd: '/',
          env: ENVIRONMENT,
          detached: true,
          stdio: ['pipe', 'pipe', 'pipe'],
          ...(user && { uid: user.uid, gid: user.gid }),
        },
      );
      // One that does not read its input is as good as one that does.
      child.stdin.on('error', () => undefined).end(JSON.stringify({ rule, ...event }));
      const output = beginningsOf([child.stderr, child.stdout]);
      const end = await endOf(child, AbortSignal.any([signal, AbortSignal.timeout(settings.timeout)]));
      if (end === 'exit code 0') return end;
      const why = end === 'killed' && !signal.aborted ? `killed after ${settings.timeout} ms` : end;
      const shown = output();
      throw new ActionError(`${program}: ${why}${shown === '' ? '' : `: ${shown}`}`);
    },
  };
}

/** Who runs the commands of a rule. @throws StartError where the server can't become another user */
export async function commandUser(
  { user }: CommandSettings,
  find: (user: string) => Promise<SystemUser>,
): Promise<SystemUser | undefined> {
  if (user === undefined) return undefined;
  if (isRoot()) return find(user);
  throw new StartError(`A rule runs a command as ${user}, and only a server that stays root can: take user away`);
}

/** How it ended. What it has started in its group ends with it. */
async function endOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const kill = () => {
    killGroup(child);
    resolve('killed');
  };
  child.once('error', (error) => resolve(`can't be run (${systemCode(error) ?? error.message})`));
  child.once('exit', (code, by) => resolve(code === null ? `ended by ${by}` : `exit code ${code}`));
  const closed = once(child, 'close');
  background(closed, () => undefined);
  signal.addEventListener('abort', kill, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', kill);
    killGroup(child);
    // What it has written last; a process that left the group may keep the pipe open.
    await waitAtMost(closed, LAST_WORDS_MS);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

/** Reads them to their end, keeps their beginnings, and gives these on one line. */
function beginningsOf(streams: readonly Readable[]): () => string {
  const beginnings = streams.map(() => Buffer.alloc(0));
  for (const [index, stream] of streams.entries()) {
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => {
      const before = beginnings[index] ?? Buffer.alloc(0);
      if (before.length < MAX_SHOWN_BYTES) {
        beginnings[index] = Buffer.concat([before, chunk]).subarray(0, MAX_SHOWN_BYTES);
      }
    });
  }
  return () => printable(beginnings.map((bytes) => bytes.toString().trim()).find((text) => text !== '') ?? '');
}
