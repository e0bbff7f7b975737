import { background } from '../../core/index.ts';
import { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import { SftpConnection } from './sftp-connection.ts';
import { SftpClientSession } from './sftp-session.ts';
import { type TransferSizes, transferSizes } from './transfer-sizes.ts';

/** Sessions of SFTP. All of them share one connection, on which requests of several calls are under way at once. */
export function sftpPool(settings: ClientSettings): Pool<SftpClientSession> {
  const shared = new SharedConnection(settings);
  return new Pool(settings, (number, signal) => shared.session(number, signal));
}

interface Shared {
  readonly opening: Promise<Opened>;
  /** Those who have it, and those who wait for it: it stays for as long as there are any. */
  users: number;
  /** Undefined while it is being made. */
  connection: SftpConnection | undefined;
}

interface Opened {
  readonly connection: SftpConnection;
  readonly sizes: TransferSizes;
}

class SharedConnection {
  readonly #settings: ClientSettings;
  #shared: Shared | undefined;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  /** One is made for all who want one; where its maker leaves, another one makes it. */
  async session(number: number, signal: AbortSignal): Promise<SftpClientSession> {
    for (;;) {
      const found = this.#usable;
      const shared = found ?? this.#make(number, signal);
      shared.users += 1;
      try {
        const { connection, sizes } = await shared.opening;
        return new SftpClientSession(number, connection, sizes, () => this.#leave(shared, connection));
      } catch (error) {
        const isOthers = found && error instanceof ClientError && error.code === 'aborted' && !signal.aborted;
        if (!isOthers) throw error;
      }
    }
  }

  get #usable(): Shared | undefined {
    return this.#shared?.connection?.isUsable === false ? undefined : this.#shared;
  }

  async #leave(shared: Shared, connection: SftpConnection): Promise<void> {
    shared.users -= 1;
    if (shared.users > 0) return;
    this.#forget(shared);
    await connection.link.end();
  }

  #make(number: number, signal: AbortSignal): Shared {
    const shared: Shared = { opening: this.#connect(number, signal), users: 0, connection: undefined };
    this.#shared = shared;
    background(this.#keepConnection(shared), () => this.#forget(shared));
    return shared;
  }

  async #keepConnection(shared: Shared): Promise<void> {
    shared.connection = (await shared.opening).connection;
  }

  #forget(shared: Shared): void {
    if (this.#shared === shared) this.#shared = undefined;
  }

  async #connect(number: number, signal: AbortSignal): Promise<Opened> {
    const connection = await SftpConnection.open(number, this.#settings, signal);
    try {
      return { connection, sizes: await transferSizes(connection, signal) };
    } catch (error) {
      connection.link.destroy();
      throw error;
    }
  }
}
