import { type Direction, limitsWith } from '../../../src/core/index.ts';
import { testCertificate } from '../../../src/testing/index.ts';
import { type ConnectionTls, createTlsIdentity, type DataConnection, DataPorts } from '../../../src/transport/index.ts';
import type { DataPeerOptions } from '../peers/data-peer.ts';
import { type Peer, startPeer } from '../peers/peer.ts';

const address = '127.0.0.1';
const limits = limitsWith();
const { signal } = new AbortController();

/** A data connection in TLS and its peer, new for each run, all of one control connection. */
export class DataLine implements AsyncDisposable {
  readonly #tls: ConnectionTls;
  readonly #ports = new DataPorts({ maxOpen: 1 });
  readonly #direction: Direction;
  readonly #peerBytes: number;
  #ends: { readonly connection: DataConnection; readonly peer: Peer } | undefined;

  private constructor(tls: ConnectionTls, direction: Direction, peerBytes: number) {
    this.#tls = tls;
    this.#direction = direction;
    this.#peerBytes = peerBytes;
  }

  /** @param peerBytes what the peer sends in each run */
  static async create(direction: Direction, peerBytes: number): Promise<DataLine> {
    const certificates = [await testCertificate(['localhost'])];
    return new DataLine(createTlsIdentity({ certificates }, limits).forConnection(), direction, peerBytes);
  }

  /** Connects, with the handshake done, in place of what was connected before. */
  async renew(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await using endpoint = await this.#ports.listen(address, address, limits);
    const options: DataPeerOptions = { port: endpoint.address.port, bytes: this.#peerBytes };
    const [peer, connection] = await Promise.all([
      startPeer(new URL('../peers/data-peer.ts', import.meta.url), options),
      endpoint.open({ tls: this.#tls, direction: this.#direction, sessionReuse: 'prefer', limits, signal }),
    ]);
    this.#ends = { connection, peer };
  }

  /** Both ends do their part. */
  async use(transfer: (connection: DataConnection) => Promise<unknown>): Promise<void> {
    if (!this.#ends) throw new Error('Nothing is connected');
    const { connection, peer } = this.#ends;
    await Promise.all([transfer(connection), peer.go()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ends = this.#ends;
    this.#ends = undefined;
    await ends?.peer[Symbol.asyncDispose]();
    await ends?.connection[Symbol.asyncDispose]();
  }
}
