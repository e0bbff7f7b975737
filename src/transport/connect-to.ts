import type { Socket } from 'node:net';
import { ChannelError } from './channel-error.ts';
import { connectFailure } from './control/connect-failure.ts';
import { type Dial, dialWithin, directDial } from './dial.ts';

interface ConnectToOptions {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly dial: Dial | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A TCP connection to a server. @throws ChannelError `not-found`, `refused`, `unreachable`, `timeout`, `aborted` */
export async function connectTo({ host, port, timeoutMs, dial, signal }: ConnectToOptions): Promise<Socket> {
  try {
    return await dialWithin(
      dial ?? directDial(),
      { host, port },
      {
        timeoutMs,
        signal,
        onTimeout: () => new ChannelError('timeout', `${host} port ${port} did not answer in time`),
        onAbort: (cause) => new ChannelError('aborted', 'The connecting was aborted', { cause }),
      },
    );
  } catch (cause) {
    throw cause instanceof ChannelError ? cause : connectFailure(cause, host, port);
  }
}
