import { background, type Direction } from '../../core/index.ts';
import { BundleFailure, FrameQueue, FrameStream } from '../../protocol/index.ts';
import type { ControlConnection } from '../connection/connection.ts';
import { ClientError } from '../errors.ts';
import { runTransfer } from '../transfer/run-transfer.ts';

/** A BNDL whose frames go both ways. */
export interface BundlePlan {
  readonly word: 'STOR' | 'RETR';
  readonly direction: Direction;
  readonly signal: AbortSignal;
  /** Sends frames, to the last one. */
  readonly send: (outgoing: FrameQueue) => Promise<void>;
  /** Reads frames, to the last one. */
  readonly read: (incoming: FrameStream) => Promise<void>;
  /** Called when one of the two has failed, so that the other ends. */
  readonly stop: () => void;
}

/** Carries out a bundle. It is done when both sides have said all, and the server has confirmed it. @throws ClientError */
export async function runBundle(connection: ControlConnection, plan: BundlePlan): Promise<void> {
  await runTransfer(connection, {
    verb: 'BNDL',
    argument: plan.word,
    direction: plan.direction,
    type: 'binary',
    signal: plan.signal,
    async move(data, signal, { onSent }) {
      const incoming = new FrameStream();
      const outgoing = new FrameQueue();
      const exchanged = data.exchange({ incoming, outgoing, endsStream: false, signal });
      const sent = sendAll(plan, outgoing, onSent);
      const read = plan.read(incoming);
      for (const work of [exchanged, sent, read]) background(work, () => undefined);
      try {
        await Promise.all([exchanged, sent, read]);
      } catch (error) {
        plan.stop();
        outgoing.leave();
        data.abort();
        throw asClientError(error);
      }
    },
  });
}

async function sendAll(plan: BundlePlan, outgoing: FrameQueue, onSent: () => void): Promise<void> {
  await plan.send(outgoing);
  outgoing.end();
  onSent();
}

/** What the server sent is no bundle. */
function asClientError(cause: unknown): unknown {
  if (!(cause instanceof BundleFailure)) return cause;
  return new ClientError('protocol', `The server sent no bundle: ${cause.message}`, { phase: 'transfer', cause });
}
