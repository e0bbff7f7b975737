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

interface Opened {
  readonly connection: SftpConnection;
  readonly sizes: TransferSizes;
  sessions: number;
}

class SharedConnection {
  readonly #settings: ClientSettings;
  #opened: Opened | undefined;
  #opening: Promise<Opened> | undefined;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  async session(number: number, signal: AbortSignal): Promise<SftpClientSession> {
    const opened = await this.#open(number, signal);
    opened.sessions += 1;
    return new SftpClientSession(number, opened.connection, opened.sizes, async () => {
      opened.sessions -= 1;
      if (opened.sessions > 0) return;
      if (this.#opened === opened) this.#opened = undefined;
      await opened.connection.link.end();
    });
  }

  /** One is made for all who want one; where its maker leaves, another one makes it. */
  async #open(number: number, signal: AbortSignal): Promise<Opened> {
    for (;;) {
      if (this.#opened?.connection.isUsable) return this.#opened;
      const own = this.#opening ? undefined : this.#make(number, signal);
      try {
        return await (own ?? this.#opening ?? this.#make(number, signal));
      } catch (error) {
        const isOthers = !own && error instanceof ClientError && error.code === 'aborted' && !signal.aborted;
        if (!isOthers) throw error;
      }
    }
  }

  #make(number: number, signal: AbortSignal): Promise<Opened> {
    const opening = this.#connect(number, signal).finally(() => {
      this.#opening = undefined;
    });
    this.#opening = opening;
    return opening;
  }

  async #connect(number: number, signal: AbortSignal): Promise<Opened> {
    const connection = await SftpConnection.open(number, this.#settings, signal);
    try {
      this.#opened = { connection, sizes: await transferSizes(connection, signal), sessions: 0 };
      return this.#opened;
    } catch (error) {
      connection.link.destroy();
      throw error;
    }
  }
}
