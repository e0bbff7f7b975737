import type { AddressInfo, Server, Socket } from 'node:net';
import { background, type Direction, type Limits } from '../../core/index.ts';
import type { HostPort } from '../../protocol/index.ts';
import { peerOf, plainAddress } from '../addresses.ts';
import { boundedWait } from '../bounded-wait.ts';
import { DataError } from '../data-error.ts';
import type { SecuredData } from '../tls/data-tls.ts';
import type { DataConnection } from './data-connection.ts';
import { type DataEndpoint, type DataProtection, type OpenDataOptions, openOver } from './data-endpoint.ts';

/** How long a port waits for its transfer, and an early handshake for its command. */
export type ListeningLimits = Pick<Limits, 'passiveIdleMs'> & Partial<Pick<Limits, 'earlyHandshakeMs'>>;

export interface ListeningEndpointParts {
  /** Listening. */
  readonly server: Server;
  readonly allowedPeerAddress: string;
  readonly limits: ListeningLimits;
  /** Told the address of everyone else who connects; they are turned away. */
  readonly onStranger: (address: string) => void;
  /**
   * How the peer's connection is protected, as things stand: where it begins TLS before its transfer, it is answered.
   * Undefined: TLS begins with the transfer.
   */
  readonly protection: () => DataProtection | undefined;
  /** Called once, when the port is free again. */
  readonly onFree: () => void;
}

/**
 * A listener for one connection of one peer. A stranger's connection is dropped and does not disturb it: it could be
 * made from anywhere. The peer's own is taken before TLS, so that another client behind the peer's address can take its
 * place; the TLS session rule then fails the transfer, and the client may try again on another port.
 */
export class ListeningEndpoint implements DataEndpoint {
  readonly address: HostPort;
  readonly #parts: ListeningEndpointParts;
  readonly #connection = Promise.withResolvers<Socket>();
  readonly #idle: NodeJS.Timeout;
  #patience: NodeJS.Timeout | undefined;
  #tcp: Socket | undefined;
  /** A handshake that began before anyone waited for it. */
  #begun: Promise<SecuredData> | undefined;
  #beginning: AbortController | undefined;
  readonly #transfer = new ExpectedTransfer();
  #isAwaited = false;
  #isUsed = false;
  #ended: DataError | undefined;

  constructor(parts: ListeningEndpointParts) {
    const { server, limits } = parts;
    const { address, port } = server.address() as AddressInfo;
    this.address = { address: plainAddress(address), port };
    this.#parts = parts;
    this.#idle = setTimeout(
      () => this.#end(new DataError('timeout', 'The data port waited too long for its transfer')),
      limits.passiveIdleMs,
    );
    background(this.#connection.promise, () => undefined);
    server.on('connection', (socket) => this.#take(socket));
    server.on('error', (cause) => this.#end(new DataError('gone', 'The data port failed', { cause })));
  }

  async open(options: OpenDataOptions): Promise<DataConnection> {
    clearTimeout(this.#idle);
    clearTimeout(this.#patience);
    this.#isAwaited = true;
    this.#transfer.begin(options.direction);
    this.#tcp?.off('readable', this.#onHello);
    try {
      const tcp = this.#tcp ?? (await this.#awaitConnection(options));
      if (this.#ended) throw this.#ended;
      this.#tcp = undefined;
      this.#isUsed = true;
      return await openOver(tcp, options, this.#begun);
    } finally {
      this.#giveUp();
    }
  }

  #awaitConnection({ limits, signal }: OpenDataOptions): Promise<Socket> {
    return boundedWait(this.#connection.promise, {
      timeoutMs: limits.dataConnectMs,
      signal,
      onTimeout: () => new DataError('timeout', 'The data connection did not come in time'),
      onAbort: (cause) => new DataError('aborted', 'The transfer was aborted', { cause }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#giveUp();
  }

  #giveUp(): void {
    // An error is dear to make, and nobody would see it.
    if (!this.#isUsed) this.#end(new DataError('gone', 'The data port was given up'));
  }

  #take(socket: Socket): void {
    const { allowedPeerAddress, onStranger } = this.#parts;
    const { address } = peerOf(socket);
    socket.on('error', () => undefined);
    if (this.#tcp || address !== allowedPeerAddress) {
      socket.destroy();
      if (address !== allowedPeerAddress) onStranger(address);
      return;
    }
    this.#tcp = socket;
    this.#stopListening();
    this.#connection.resolve(socket);
    if (!this.#isAwaited && this.#parts.protection()?.tls) this.#awaitHello(socket);
  }

  /** Most commands come right behind the connection, and a handshake that begins with them costs less than an early one. */
  #awaitHello(socket: Socket): void {
    const { earlyHandshakeMs } = this.#parts.limits;
    const listen = (): void => {
      if (this.#tcp && !this.#isAwaited) socket.on('readable', this.#onHello);
    };
    // A process that was busy all the time hears of the timer before it hears of the command.
    this.#patience = setTimeout(() => setImmediate(() => setImmediate(listen)), earlyHandshakeMs);
  }

  /**
   * Some clients shake hands before they send the command (aioftp, curl). Which way the bytes go decides about tickets,
   * and is not known then: in TLS 1.3 the client is done before we are, so that our part can wait for it.
   */
  readonly #onHello = (): void => {
    const tcp = this.#tcp;
    const protection = this.#parts.protection();
    if (!tcp || !protection?.tls || tcp.readableLength === 0) return;
    tcp.off('readable', this.#onHello);
    const { tls, ...rules } = protection;
    this.#beginning = new AbortController();
    const transfer = this.#transfer;
    this.#begun = tls.secureData(
      tcp,
      {
        ...rules,
        isDue: transfer.known,
        get direction() {
          return transfer.direction;
        },
      },
      this.#beginning.signal,
    );
    background(this.#begun, () => tcp.destroy());
  };

  #end(reason: DataError): void {
    this.#ended ??= reason;
    clearTimeout(this.#idle);
    clearTimeout(this.#patience);
    this.#stopListening();
    this.#tcp?.destroy();
    this.#beginning?.abort();
    this.#connection.reject(reason);
  }

  #stopListening(): void {
    const { server, onFree } = this.#parts;
    if (!server.listening) return;
    server.close();
    onFree();
  }
}

/** Which way the bytes will go, once that is known. */
class ExpectedTransfer {
  readonly #known = Promise.withResolvers<void>();
  /** Until it is known, a new ticket may be promised, which an upload then does not send. */
  direction: Direction = 'download';

  get known(): Promise<void> {
    return this.#known.promise;
  }

  begin(direction: Direction): void {
    this.direction = direction;
    this.#known.resolve();
  }
}
