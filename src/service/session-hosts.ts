import type {
  Gatekeeper,
  Publish,
  ReceiptIssuer,
  RecordKeeper,
  SessionInfo,
  SessionList,
  TransferCounts,
} from '../core/index.ts';
import { type Connection, SessionHost, type TicketKeys } from '../server/index.ts';
import type { SftpHost } from '../sftp/index.ts';
import type { WebHost } from '../web/index.ts';
import type { PlainOptions } from './server-options.ts';
import { openSftpHost } from './sftp/sftp-sessions.ts';
import type { Shared } from './shared.ts';
import { openWebHost } from './web/web-sessions.ts';

/** What the sessions of a process are made with, whatever protocol they speak. */
export interface SessionHostsParts {
  readonly options: PlainOptions;
  readonly gatekeeper: Gatekeeper;
  readonly shared: Pick<Shared, 'sessions' | 'digests'>;
  readonly publish: Publish;
  readonly records: RecordKeeper | undefined;
  readonly receipts: ReceiptIssuer | undefined;
  readonly ticketKeys: TicketKeys;
}

/** The sessions of all protocols in one process. A connection goes to the protocol of its listener. */
export class SessionHosts implements SessionList, AsyncDisposable {
  readonly #ftp: SessionHost;
  readonly #sftp: SftpHost | undefined;
  readonly #web: WebHost | undefined;

  private constructor(ftp: SessionHost, sftp: SftpHost | undefined, web: WebHost | undefined) {
    this.#ftp = ftp;
    this.#sftp = sftp;
    this.#web = web;
  }

  /** @throws TlsSettingsError, MissingSshError */
  static async open({ options, gatekeeper, shared, ...parts }: SessionHostsParts): Promise<SessionHosts> {
    const { sftp, web, ...ftp } = options;
    const { sessions, digests } = shared;
    const { publish, records } = parts;
    return new SessionHosts(
      new SessionHost({ options: { ...ftp, gatekeeper }, ...parts, sessions, digests }),
      await openSftpHost(sftp, gatekeeper, { publish, records, sessions, digests }),
      await openWebHost(web, gatekeeper, { publish, records }),
    );
  }

  get sessionCount(): number {
    return this.#hosts.reduce((sum, { sessionCount }) => sum + sessionCount, 0);
  }

  get transferCounts(): TransferCounts {
    const counts = { upload: 0, download: 0, listing: 0 };
    for (const { transferCounts } of this.#hosts) {
      counts.upload += transferCounts.upload;
      counts.download += transferCounts.download;
      counts.listing += transferCounts.listing;
    }
    return counts;
  }

  /** What the FTP sessions that begin from now on go by. */
  get ftpSettings(): SessionHost['settings'] {
    return this.#ftp.settings;
  }

  /** Applies to the sessions that begin from now on. */
  reload({ sftp, web, ...ftp }: PlainOptions): void {
    this.#ftp.reload(ftp);
    if (sftp) this.#sftp?.reload(sftp);
    if (web) this.#web?.reload(web);
  }

  /** Begins a session; resolves when it has ended. */
  async receive(connection: Connection): Promise<void> {
    const { mode } = connection;
    const host = mode === 'sftp' ? this.#sftp : mode === 'web' ? this.#web : this.#ftp;
    if (host) await host.receive(connection);
    else connection.socket.destroy();
  }

  async sessions(): Promise<readonly SessionInfo[]> {
    return (await Promise.all(this.#hosts.map((host) => host.sessions()))).flat();
  }

  async endSession(session: string, reason: string, told?: string): Promise<boolean> {
    const ended = await Promise.all(this.#hosts.map((host) => host.endSession(session, reason, told)));
    return ended.includes(true);
  }

  async drain(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.drain()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host[Symbol.asyncDispose]()));
  }

  get #hosts(): readonly (SessionHost | SftpHost | WebHost)[] {
    return [this.#ftp, this.#sftp, this.#web].filter((host) => host !== undefined);
  }
}
