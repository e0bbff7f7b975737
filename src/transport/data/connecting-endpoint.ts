import type { HostPort } from '../../protocol/index.ts';
import { DataError } from '../data-error.ts';
import { type Dial, dialWithin, directDial, type LocalEnd } from '../dial.ts';
import type { DataConnection } from './data-connection.ts';
import { type DataEndpoint, type OpenDataOptions, openOver } from './data-endpoint.ts';

export interface ConnectingOptions extends LocalEnd {
  /** Connects in place of a direct connection, which alone heeds the local end. */
  readonly dial?: Dial | undefined;
}

/** Connects when it is opened: a server in active mode, a client in passive mode. */
export function connectingEndpoint(target: HostPort, options: ConnectingOptions): DataEndpoint {
  const dial = options.dial ?? directDial(options);
  return {
    address: target,
    async open(opening): Promise<DataConnection> {
      return openOver(await connectTo(target, dial, opening), opening);
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held before it is opened.
    },
  };
}

async function connectTo({ address, port }: HostPort, dial: Dial, { limits, signal }: OpenDataOptions) {
  try {
    return await dialWithin(
      dial,
      { host: address, port },
      {
        timeoutMs: limits.dataConnectMs,
        signal,
        onTimeout: () => new DataError('timeout', 'The data connection could not be made in time'),
        onAbort: (cause) => new DataError('aborted', 'The transfer was aborted', { cause }),
      },
    );
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError('refused', 'The data connection could not be made', { cause });
  }
}
