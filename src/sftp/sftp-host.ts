import type { Socket } from 'node:net';
import { limitsWith, type SessionInfo, type SessionList, type TransferCounts } from '../core/index.ts';
import type { SftpOptions, SftpSettings, SftpSurroundings } from './options.ts';
import { SftpSession } from './session.ts';
import type { SshTransport, SshTransportFactory } from './ssh/transport.ts';

/** Runs the SFTP sessions of connections that were accepted elsewhere. */
export class SftpHost implements SessionList, AsyncDisposable {
  readonly #makeTransport: SshTransportFactory;
  readonly #surroundings: SftpSurroundings;
  readonly #sessions = new Set<SftpSession>();
  #options: SftpOptions;
  #settings: SftpSettings;

  /** @throws Error where a host key can't be read */
  constructor(makeTransport: SshTransportFactory, options: SftpOptions, surroundings: SftpSurroundings) {
    this.#makeTransport = makeTransport;
    this.#surroundings = surroundings;
    this.#options = options;
    this.#settings = this.#settingsFrom(options);
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  get transferCounts(): TransferCounts {
    const counts = { upload: 0, download: 0, listing: 0 };
    for (const { transfers } of this.#sessions) for (const { direction } of transfers) counts[direction] += 1;
    return counts;
  }

  /** Changes host keys and rules for the sessions that begin from now on. @throws what the constructor throws; then nothing has changed */
  reload(changes: Partial<SftpOptions>): void {
    const options = { ...this.#options, ...changes };
    this.#settings = this.#settingsFrom(options);
    this.#options = options;
  }

  /** Begins a session; resolves when it has ended. Never rejects. */
  async receive({ session: id, socket }: { readonly session: string; readonly socket: Socket }): Promise<void> {
    const session = new SftpSession(id, socket, this.#settings);
    this.#sessions.add(session);
    await session.ended;
    this.#sessions.delete(session);
  }

  async sessions(): Promise<readonly SessionInfo[]> {
    return [...this.#sessions].map(({ info }) => info);
  }

  async endSession(id: string, reason: string): Promise<boolean> {
    const session = [...this.#sessions].find((each) => each.id === id);
    session?.end(reason);
    await session?.ended;
    return session !== undefined;
  }

  /** Sends the idle away, lets files that are open be closed within `drainMs`, and ends the rest. */
  async drain(): Promise<void> {
    const open = [...this.#sessions];
    const timer = setTimeout(() => open.forEach((session) => session.end('drained')), this.#settings.limits.drainMs);
    for (const session of open) session.endWhenIdle('drained');
    await Promise.all(open.map(({ ended }) => ended));
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = [...this.#sessions];
    for (const session of open) session.end('server stopped');
    await Promise.all(open.map(({ ended }) => ended));
  }

  #settingsFrom(options: SftpOptions): SftpSettings {
    const { gatekeeper, hostKeys, nextHostKeys = [], profile, symlinks = false, limits: given } = options;
    const limits = limitsWith(given);
    const transport: SshTransport = this.#makeTransport({ hostKeys, nextHostKeys, profile, limits });
    return { ...this.#surroundings, gatekeeper, transport, symlinks, limits };
  }
}
