import type { Socket } from 'node:net';
import { background } from '../../core/index.ts';
import {
  ALGORITHMS,
  connectTo,
  keepKeyObjects,
  loadSsh2,
  MissingSshError,
  type Ssh2Channel,
  type Ssh2Connection,
  type Ssh2Module,
} from '../../transport/index.ts';
import { aborted } from '../connection/aborted.ts';
import { channelFailure } from '../connection/channel-failure.ts';
import type { SshServerFacts } from '../connection/ssh-server-facts.ts';
import { ClientError } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import { asError } from '../transfer/sink.ts';
import { askAboutHostKey, checkHostKey, hostKeyAlgorithms, hostKeyOf } from './host-key.ts';
import { keyRing } from './key-ring.ts';
import type { HostKey, KnownHost } from './known-hosts.ts';
import { SshCredentials } from './ssh-credentials.ts';
import { sshFailure } from './ssh-failure.ts';

/** What we call ourselves in the version line. */
const IDENT = 'Lockport';

/** An SSH connection that has signed in, with a channel for SFTP. */
export class SshLink {
  readonly #settings: ClientSettings;
  readonly #socket: Socket;
  readonly #connection: Ssh2Connection;
  readonly #number: number;
  readonly #closed = Promise.withResolvers<void>();
  readonly #failed = Promise.withResolvers<never>();
  #failure: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #facts: SshServerFacts | undefined;
  #fingerprint = '';
  #trusted: Buffer | undefined;
  /** The key that somebody has to be asked about before anything of the user goes out. */
  #unknown: HostKey | undefined;
  #asking: Promise<void> | undefined;

  private constructor(module: Ssh2Module, settings: ClientSettings, socket: Socket, number: number) {
    this.#settings = settings;
    this.#socket = socket;
    this.#number = number;
    this.#connection = new module.Client();
    background(this.#failed.promise, () => undefined);
    // ssh2 leaves its own half open where the other side has ended.
    socket.on('end', () => socket.destroySoon());
    socket.on('close', () => {
      this.fail(
        new ClientError('connection-lost', 'The server closed the connection', { phase: this.#phase, retryable: true }),
      );
      this.#closed.resolve();
    });
  }

  /** Connects, checks the host key and signs in. @throws ClientError */
  static async open(number: number, settings: ClientSettings, signal: AbortSignal): Promise<SshLink> {
    const { host, port, limits, dial, ssh, log } = settings;
    const module = await ssh2();
    let link: SshLink | undefined;
    const ring = await keyRing(module, ssh, {
      asked: (path) => {
        if (link) link.#expect('replyMs', path);
      },
      answered: () => {
        if (link) link.#expect('replyMs');
      },
    });
    const known = (await ssh.knownHosts?.find(host, port)) ?? [];
    const socket = await connectTo({ host, port, timeoutMs: limits.connectMs, dial, signal }).catch(
      (error: unknown) => {
        throw channelFailure(error, 'connect');
      },
    );
    log({ event: 'connected', connection: number, address: host, port });
    const opened = new SshLink(module, settings, socket, number);
    link = opened;
    const onAbort = (): unknown => opened.fail(aborted(signal, 'connect'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      await Promise.race([opened.#signIn(known, ring), opened.#failed.promise]);
      return opened;
    } catch (error) {
      opened.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  get facts(): SshServerFacts | undefined {
    return this.#facts;
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  /** What the system has taken for the server. */
  get sentBytes(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  /** Whether the system still waits to take bytes for the server. */
  get hasUnsent(): boolean {
    return this.#socket.writableLength > 0;
  }

  /** Only rejects: when the connection is over, with why. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** A channel for SFTP. @throws ClientError `unsupported` where the server has none */
  async channel(): Promise<Ssh2Channel> {
    const { promise, resolve, reject } = Promise.withResolvers<Ssh2Channel>();
    this.#expect('replyMs');
    this.#connection.subsys('sftp', (error, channel) => {
      if (!error) return resolve(channel);
      reject(
        new ClientError('unsupported', `The server offers no SFTP: ${error.message}`, { phase: 'login', cause: error }),
      );
    });
    try {
      return await Promise.race([promise, this.failed]);
    } finally {
      this.#stopExpecting();
    }
  }

  /** Ends it; the first reason counts. */
  fail(error: Error): void {
    if (!this.#failure) {
      this.#failure = error;
      this.#stopExpecting();
      this.#failed.reject(error);
      this.#settings.log({
        event: 'closed',
        connection: this.#number,
        reason: error instanceof ClientError ? error.code : error.message,
      });
      this.#socket.destroy();
    }
  }

  /** Says goodbye. */
  async end(): Promise<void> {
    const { closeMs } = this.#settings.limits;
    const timer = setTimeout(() => this.destroy(), closeMs).unref();
    this.#connection.end();
    this.#socket.end();
    await this.#closed.promise;
    clearTimeout(timer);
  }

  destroy(): void {
    this.fail(new ClientError('closed', 'The connection was closed', { phase: 'command' }));
  }

  get #phase(): 'connect' | 'login' | 'command' {
    if (!this.#trusted) return 'connect';
    return this.#facts ? 'command' : 'login';
  }

  async #signIn(known: readonly KnownHost[], ring: Awaited<ReturnType<typeof keyRing>>): Promise<void> {
    const { serverHostKey, ...algorithms } = ALGORITHMS.intermediate;
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const onFailure = (error: unknown): unknown => this.fail(asError(error));
    const credentials = new SshCredentials(this.#settings, ring, onFailure);
    let negotiated: Omit<SshServerFacts, 'fingerprint'> | undefined;
    this.#connection.on('error', (error) => {
      // Another key is tried then.
      if (error.level !== 'agent') this.fail(sshFailure(error, this.#settings, this.#phase));
    });
    this.#connection.on('handshake', ({ kex, serverHostKey, cs }) => {
      keepKeyObjects(this.#connection);
      negotiated = { keyExchange: kex, hostKey: serverHostKey, cipher: cs.cipher };
      this.#settings.log({ event: 'secured', connection: this.#number, version: `SSH ${kex}`, cipher: cs.cipher });
    });
    this.#connection.on('ready', resolve);
    this.#expect('sshHandshakeMs');
    this.#connection.connect({
      sock: this.#socket,
      username: this.#settings.user,
      ident: IDENT,
      algorithms: { ...algorithms, serverHostKey: hostKeyAlgorithms(serverHostKey, known) },
      readyTimeout: 0,
      hostVerifier: (blob, verify) => {
        try {
          this.#verify(blob, known);
          verify(true);
        } catch (error) {
          onFailure(error);
        }
      },
      authHandler: (methods, isPartial, next) => {
        const answer = async (): Promise<void> => {
          this.#stopExpecting();
          await this.#askAboutKey();
          const method = await credentials.next(methods ?? undefined, isPartial === true);
          this.#expect('replyMs');
          next(method ?? false);
        };
        background(answer(), onFailure);
      },
    });
    this.#socket.on('data', () => this.#boundUnread());
    await ready;
    this.#stopExpecting();
    // A server may let everybody in without having asked for anything: then nobody was asked about its key so far.
    await this.#askAboutKey();
    if (negotiated) this.#facts = { ...negotiated, fingerprint: this.#fingerprint };
  }

  /** Each key exchange must be by the same key. */
  #verify(blob: Buffer, known: readonly KnownHost[]): void {
    if (this.#trusted) {
      if (this.#trusted.equals(blob)) return;
      throw new ClientError('protocol', 'The server changed its host key within a connection', { phase: 'command' });
    }
    const key = hostKeyOf(blob);
    if (checkHostKey(this.#settings, known, key) === 'unknown') this.#unknown = key;
    this.#trusted = blob;
    this.#fingerprint = key.fingerprint;
  }

  /**
   * The key exchange is done by now: whoever shows a key of somebody else could not have signed it. Once, however often the server
   * begins a login.
   */
  async #askAboutKey(): Promise<void> {
    if (this.#unknown) this.#asking ??= askAboutHostKey(this.#settings, this.#unknown);
    await this.#asking;
  }

  /** ssh2 answers what the server asks, such as channels of its own, however much of that is still to be read. */
  #boundUnread(): void {
    const { maxSshUnreadBytes } = this.#settings.limits;
    if (this.#socket.writableLength <= maxSshUnreadBytes) return;
    const message = `The server leaves more than ${maxSshUnreadBytes} bytes unread (maxSshUnreadBytes)`;
    this.fail(new ClientError('limit', message, { phase: this.#phase }));
  }

  #expect(limit: 'sshHandshakeMs' | 'replyMs', agent?: string): void {
    this.#stopExpecting();
    if (this.#failure) return;
    const { host, port, limits } = this.#settings;
    const who = agent === undefined ? `${host} port ${port}` : `The SSH agent at ${agent}`;
    this.#timer = setTimeout(() => {
      const message = `${who} did not answer in time (${limit})`;
      this.fail(new ClientError('timeout', message, { phase: this.#phase, retryable: agent === undefined }));
    }, limits[limit]);
  }

  #stopExpecting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

async function ssh2(): Promise<Ssh2Module> {
  try {
    return await loadSsh2();
  } catch (cause) {
    if (!(cause instanceof MissingSshError)) throw cause;
    throw new ClientError('unsupported', cause.message, { phase: 'prepare', cause });
  }
}
