import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { DataError } from '../data-error.ts';
import type { DataEndpoint } from './data-endpoint.ts';
import { ListeningEndpoint, type ListeningEndpointParts, type ListeningLimits } from './listening-endpoint.ts';

export interface DataPortsOptions {
  /** Both ends included; absent: the dynamic ports. */
  readonly range?: { readonly from: number; readonly to: number };
  /** Ports that may be open at once. */
  readonly maxOpen: number;
}

type Callbacks = Pick<ListeningEndpointParts, 'onStranger' | 'protection'>;

/** The ports that wait for data connections: a server's in passive mode, a client's in active mode. */
export class DataPorts {
  readonly #options: DataPortsOptions;
  readonly #open: { count: number };

  /** @param previous whose ports that are open count here too: a change of the options opens no second allowance. */
  constructor(options: DataPortsOptions, previous?: DataPorts) {
    this.#options = options;
    this.#open = previous ? previous.#open : { count: 0 };
  }

  /**
   * Listens on a port that nobody can foretell, for one connection from `allowedPeerAddress`; the port is given back
   * when that has come, when nothing has for `passiveIdleMs`, or when the endpoint is disposed.
   * @throws DataError `no-port`
   */
  async listen(
    localAddress: string,
    allowedPeerAddress: string,
    limits: ListeningLimits,
    { onStranger = () => undefined, protection = () => undefined }: Partial<Callbacks> = {},
  ): Promise<DataEndpoint> {
    if (this.#open.count >= this.#options.maxOpen) throw new DataError('no-port', 'Too many data ports are open');
    this.#open.count += 1;
    try {
      const server = await this.#listener(localAddress);
      const onFree = (): void => {
        this.#open.count -= 1;
      };
      return new ListeningEndpoint({ server, allowedPeerAddress, limits, onStranger, protection, onFree });
    } catch (error) {
      this.#open.count -= 1;
      throw error;
    }
  }

  async #listener(host: string): Promise<Server> {
    const { range = dynamicPorts } = this.#options;
    for (const port of this.#shuffled(range.from, range.to)) {
      try {
        return await listenOn(host, port);
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    }
    throw new DataError('no-port', 'No data port is free');
  }

  /** Every number of the range once, each order as likely as any other, made as far as it is read. */
  *#shuffled(from: number, to: number): Iterable<number> {
    const moved = new Map<number, number>();
    for (let last = to; last >= from; last -= 1) {
      const picked = randomInt(from, last + 1);
      yield moved.get(picked) ?? picked;
      moved.set(picked, moved.get(last) ?? last);
    }
  }
}

/**
 * Those that nobody owns (RFC 6335 section 6). Port 0 would be dear: where Linux is to find a port it looks at each
 * connection that still lingers on those it tries (TIME_WAIT), and a server of many files leaves thousands behind.
 */
const dynamicPorts = { from: 49_152, to: 65_535 };

function listenOn(host: string, port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  // Exclusive: in a cluster another worker must not get the connection.
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog, exclusive: true }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

/** One connection is awaited; a few more may be those of strangers. */
const backlog = 4;

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
}
