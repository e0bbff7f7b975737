/**
 * The program of the process that speaks HTTP with administrators. `EdgeProcess` starts it under Node's permission model: it
 * reads no file but its own program, writes none, and starts nothing. It imports nothing that would need more.
 */

import { type AddressInfo } from 'node:net';
import process from 'node:process';
import { RpcClient } from '../workers/rpc.ts';
import { HttpEdge } from './http-edge.ts';
import type { ApiProcedures, EdgeStart, FromEdge, ToEdge } from './messages.ts';

// A terminal sends its signals to all processes of the group. Only the primary acts on them.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
// Without the primary, nobody answers.
process.once('disconnect', () => process.exit(0));

const primary = new RpcClient<ApiProcedures>(tell);
let edge: HttpEdge | undefined;

process.on('message', (value) => {
  const message = value as ToEdge;
  if ('answer' in message) primary.receive(message);
  else if (message.note === 'beat') tell({ note: 'alive' });
  else if (message.note === 'renew') edge?.renew(message.value);
  else begin(message.value).catch((error: unknown) => fail(error));
});

async function begin(start: EdgeStart): Promise<void> {
  const open = openDoors(start.closed);
  if (open.length > 0) throw new Error(`this process could do what it must not: ${open.join(', ')}`);
  edge = new HttpEdge(start, {
    answer: (request, signal) => primary.call('answer', request, signal),
    nextPart: (stream, signal) => primary.call('nextPart', { stream }, signal),
    endStream: (stream) => primary.call('endStream', { stream }),
  });
  const { address, port }: AddressInfo = await edge.listen();
  tell({ note: 'listening', value: { address, port } });
}

/** What the permission model should keep this process from, and does not. */
function openDoors(closed: string): readonly string[] {
  const { permission } = process as { readonly permission?: { has(scope: string, reference?: string): boolean } };
  if (!permission) return ['everything, for there is no permission model'];
  const doors = [
    ['fs.read', closed],
    ['fs.write', closed],
    ['fs.read', '/'],
    ['fs.write', '/'],
    ['child', undefined],
    ['worker', undefined],
    ['addon', undefined],
    ['wasi', undefined],
    ['ffi', undefined],
  ] as const;
  const open = doors.filter(([scope, reference]) => permission.has(scope, reference)).map(([scope]) => scope);
  return process.getBuiltinModule('node:sqlite') === undefined ? open : [...open, 'sqlite'];
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  tell({ note: 'failed', value: { message, ...(code !== undefined && { code }) } }, () => process.exit(1));
}

function tell(message: FromEdge, sent: () => void = () => undefined): void {
  process.send?.(message, undefined, undefined, sent);
}
