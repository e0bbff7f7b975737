import type { VirtualPath } from '../../core/index.ts';
import type { Command, ControlConnection } from '../connection/connection.ts';
import { replyError } from '../connection/reply-error.ts';

/**
 * RNFR and RNTO belong together on one connection (RFC 959 section 4.1.3); the phase of a failure tells a rename that may
 * have been made from one that was not begun. Gives whether the command before it was carried out.
 */
export async function renameOn(
  connection: ControlConnection,
  from: VirtualPath,
  to: VirtualPath,
  { signal, before }: RenameRequest,
): Promise<boolean> {
  const atOnce = connection.canPipeline && !connection.mayHoldName;
  connection.mayHoldName = true;
  let wasDoneBefore = false;
  if (atOnce) wasDoneBefore = await renameAtOnce(connection, from, to, { signal, before });
  else await renameStepwise(connection, from, to, signal);
  connection.mayHoldName = false;
  return wasDoneBefore;
}

interface RenameRequest {
  readonly signal: AbortSignal | undefined;
  /** What changes the file beforehand, where it costs no round trip; the file is renamed also where this is refused. */
  readonly before: Command | undefined;
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
  { signal, before }: RenameRequest,
): Promise<boolean> {
  const options = { signal, phase: 'finish' } as const;
  await connection.sendAll([...(before ? [before] : []), RNFR(from), RNTO(to)], signal);
  const reply = before && (await connection.replyTo(before, 2, options));
  const first = await connection.replyTo(RNFR(from), 1, options);
  const second = await connection.replyTo(RNTO(to), 0, options);
  if (first.code !== 350 && second.code < 400) throw connection.outOfStep(second, 'finish', `RNTO ${to}`);
  if (first.code !== 350) throw connection.refusal(first, 'command', `RNFR ${from}`);
  if (second.code >= 300) throw connection.refusal(second, 'finish', `RNTO ${to}`);
  return reply !== undefined && reply.code < 300;
}

const RNFR = (from: VirtualPath): Command => ['RNFR', from];
const RNTO = (to: VirtualPath): Command => ['RNTO', to];
