import { randomBytes } from 'node:crypto';
import { LoadSession, type Target } from './session.ts';

/** What one load process does, in the words that it is sent. */
export type Task =
  /** One stream of `bytes`, down or up. */
  | { readonly kind: 'stream'; readonly direction: Direction; readonly path: string; readonly bytes: number }
  /** Files `PREFIX0`, `PREFIX1`, ... one after the other, each over a data connection of its own. */
  | {
      readonly kind: 'files';
      readonly direction: Direction;
      readonly prefix: string;
      readonly count: number;
      readonly bytes: number;
    }
  /** So many logins, `atOnce` at a time; they stay open where asked. */
  | { readonly kind: 'logins'; readonly count: number; readonly atOnce: number; readonly stay: boolean }
  /** One listing, by this command. */
  | { readonly kind: 'listing'; readonly command: string };

export type Direction = 'down' | 'up';

export interface Outcome {
  readonly seconds: number;
  /** Data connections that continued the session of their control connection. */
  readonly resumed: number;
  /** From the command to the first bytes of the listing. */
  readonly firstMs?: number;
  readonly lines?: number;
}

/** The work, ready to be begun; what is not to be measured (a login, for most) is done by then. */
export type Begin = () => Promise<Outcome>;

const pieceBytes = 256 * 1024;

export async function prepareTask(task: Task, target: Target): Promise<Begin> {
  if (task.kind === 'logins') return () => timed(() => logins(task, target));
  const session = await LoadSession.open(target);
  return async () => {
    const outcome = await timed(() => work(task, session));
    return { ...outcome, resumed: session.resumed };
  };
}

async function work(task: Exclude<Task, { kind: 'logins' }>, session: LoadSession): Promise<Partial<Outcome>> {
  if (task.kind === 'listing') return list(session, task.command);
  if (task.kind === 'stream') await move(session, task.direction, task.path, task.bytes);
  else {
    for (let index = 0; index < task.count; index += 1) {
      await move(session, task.direction, `${task.prefix}${index}`, task.bytes);
    }
  }
  return {};
}

async function move(session: LoadSession, direction: Direction, path: string, bytes: number): Promise<void> {
  if (direction === 'up') return session.send(`STOR ${path}`, piece, bytes);
  const received = await session.receive(`RETR ${path}`);
  if (received !== bytes) throw new Error(`${path}: ${received} bytes came of ${bytes}`);
}

/** Random, as most large files look to a disk or a link that compresses. */
const piece = randomBytes(pieceBytes);

async function list(session: LoadSession, command: string): Promise<Partial<Outcome>> {
  const lineFeed = 0x0a;
  let firstMs: number | undefined;
  let lines = 0;
  const startedAt = performance.now();
  await session.receive(command, (bytes) => {
    firstMs ??= performance.now() - startedAt;
    for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) lines += 1;
  });
  return { lines, ...(firstMs !== undefined && { firstMs }) };
}

async function logins(task: Extract<Task, { kind: 'logins' }>, target: Target): Promise<object> {
  let left = task.count;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const session = await LoadSession.open(target);
      if (!task.stay) await session.close();
    }
  };
  await Promise.all(Array.from({ length: task.atOnce }, one));
  return {};
}

async function timed(work: () => Promise<Partial<Outcome>>): Promise<Outcome> {
  const startedAt = performance.now();
  const outcome = await work();
  return { resumed: 0, ...outcome, seconds: (performance.now() - startedAt) / 1000 };
}
