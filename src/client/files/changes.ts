import { type CallOptions, parentOf, ROOT, type VirtualPath } from '../../core/index.ts';
import { ask, change } from '../connection/call.ts';
import type { Command, ControlConnection } from '../connection/connection.ts';
import type { Pool } from '../connection/pool.ts';
import { replyError } from '../connection/reply-error.ts';
import { ClientError } from '../errors.ts';
import { removeTree } from './remove-tree.ts';

/** Removes a file or a link. */
export async function remove(pool: Pool, path: VirtualPath, { signal }: CallOptions): Promise<void> {
  await change(pool, signal, ({ connection }) => connection.request('DELE', path, { signal }));
}

/** Removes an empty directory, or with `recursive` one with all that is in it. */
export async function removeDirectory(
  pool: Pool,
  path: VirtualPath,
  { recursive = false, ...options }: CallOptions & { readonly recursive?: boolean },
): Promise<void> {
  if (recursive) return removeTree(pool, path, options);
  const { signal } = options;
  await change(pool, signal, ({ connection }) => connection.request('RMD', path, { signal }));
}

/** Makes a directory; with `recursive` also those above it, and it may be there already. */
export async function makeDirectory(
  pool: Pool,
  path: VirtualPath,
  { recursive = false, ...options }: CallOptions & { readonly recursive?: boolean },
): Promise<void> {
  const refusal = await makeOne(pool, path, options);
  if (!refusal || (recursive && refusal.code === 'exists')) return;
  if (!recursive || refusal.code === 'unsupported' || parentOf(path) === ROOT) throw refusal;
  await makeDirectory(pool, parentOf(path), { recursive, ...options });
  // Somebody else may have made it meanwhile.
  const second = await makeOne(pool, path, options);
  if (second && second.code !== 'exists') throw second;
}

/**
 * Moves an entry. RNFR and RNTO belong together on one connection (RFC 959 section 4.1.3); the phase of a failure tells a
 * rename that may have been made from one that was not begun.
 */
export async function rename(pool: Pool, from: VirtualPath, to: VirtualPath, { signal }: CallOptions): Promise<void> {
  await change(pool, signal, async ({ connection }) => {
    const atOnce = connection.canPipeline && !connection.mayHoldName;
    connection.mayHoldName = true;
    await (atOnce ? renameAtOnce : renameStepwise)(connection, from, to, signal);
    connection.mayHoldName = false;
  });
}

async function renameStepwise(
  connection: ControlConnection,
  from: VirtualPath,
  to: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<void> {
  const reply = await connection.request('RNFR', from, { signal, accept: (code) => code === 350 });
  if (reply.code !== 350) throw replyError(reply, 'command', `RNFR ${from}`, 'protocol');
  await connection.request('RNTO', to, { signal, phase: 'finish' });
}

/**
 * A refused RNFR makes RNTO one that is out of order, which does nothing (503), unless the server still holds the name of an
 * RNFR before.
 */
async function renameAtOnce(
  connection: ControlConnection,
  from: VirtualPath,
  to: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = { signal, phase: 'finish' } as const;
  await connection.sendAll([RNFR(from), RNTO(to)], signal);
  const first = await connection.replyTo(RNFR(from), 1, options);
  const second = await connection.replyTo(RNTO(to), 0, options);
  if (first.code !== 350 && second.code < 400) throw connection.outOfStep(second, 'finish', `RNTO ${to}`);
  if (first.code !== 350) throw connection.refusal(first, 'command', `RNFR ${from}`);
  if (second.code >= 300) throw connection.refusal(second, 'finish', `RNTO ${to}`);
}

const RNFR = (from: VirtualPath): Command => ['RNFR', from];
const RNTO = (to: VirtualPath): Command => ['RNTO', to];

/** Gives what the server has against it. That the directory is there already is seen by entering it: no reply code says so. */
async function makeOne(pool: Pool, path: VirtualPath, { signal }: CallOptions): Promise<ClientError | undefined> {
  try {
    await change(pool, signal, ({ connection }) => connection.request('MKD', path, { signal }));
    return undefined;
  } catch (error) {
    if (!(error instanceof ClientError) || !error.reply || error.reply.code === 421) throw error;
    if (!(await isDirectory(pool, path, signal))) return error;
    const { phase, command, reply } = error;
    return new ClientError('exists', `${path} is there already`, { phase, command, reply, cause: error });
  }
}

async function isDirectory(pool: Pool, path: VirtualPath, signal: AbortSignal | undefined): Promise<boolean> {
  const accept = (code: number): boolean => code >= 500;
  const reply = await ask(pool, signal, ({ connection }) => connection.request('CWD', path, { signal, accept }));
  return reply.code < 400;
}
