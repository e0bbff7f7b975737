import {
  formatInit,
  formatRequest,
  MalformedPacket,
  PacketSplitter,
  parseReply,
  parseVersion,
  type SftpReply,
} from '../../protocol/index.ts';
import type { Ssh2Channel } from '../../transport/index.ts';
import { aborted } from '../connection/aborted.ts';
import { ClientError } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import { InFlight } from './in-flight.ts';
import { commandOf, type SftpAsk } from './sftp-ask.ts';
import { SshLink } from './ssh-link.ts';

interface Waiting {
  readonly since: number;
  readonly asked: number;
  readonly bytes: number;
  readonly isSlow: boolean;
  readonly resolve: (reply: SftpReply) => void;
  readonly reject: (error: unknown) => void;
}

/** Too many to be told of one by one. */
const OF_BYTES: ReadonlySet<string> = new Set(['read', 'write', 'readdir']);

/** What comes with a packet beside the data or the names. */
const OVERHEAD_BYTES = 1024;

/**
 * SFTP over one channel: requests go out as they come, replies are told apart by their ids. What is on its way is bounded;
 * a server that is silent while something is, that answers what was not asked, or that gives more than was asked, loses the
 * connection.
 */
export class SftpConnection {
  readonly settings: ClientSettings;
  readonly link: SshLink;
  readonly number: number;
  extensions: ReadonlyMap<string, string> = new Map();
  /** Where the login led to. */
  directory = '/';
  readonly #channel: Ssh2Channel;
  readonly #splitter: PacketSplitter;
  readonly #waiting = new Map<number, Waiting>();
  readonly #inFlight: InFlight;
  readonly #version = Promise.withResolvers<void>();
  #hasVersion = false;
  #nextId = 0;
  #timer: NodeJS.Timeout | undefined;
  #slow = 0;

  private constructor(number: number, settings: ClientSettings, link: SshLink, channel: Ssh2Channel) {
    this.number = number;
    this.settings = settings;
    this.link = link;
    this.#channel = channel;
    this.#splitter = new PacketSplitter(settings.limits.maxSftpPacketBytes);
    this.#inFlight = new InFlight(settings.limits.maxSftpRequestBytes);
    channel.on('data', (chunk: Buffer) => this.#received(chunk));
    channel.on('error', () => undefined);
    // What some servers log there would close the window for the rest.
    channel.stderr.resume();
    channel.on('close', () => {
      const message = 'The server closed the channel of SFTP';
      this.link.fail(new ClientError('connection-lost', message, { phase: 'command', retryable: true }));
    });
    link.failed.catch((error: unknown) => this.#over(error));
  }

  /** Connects, signs in and agrees on the version. @throws ClientError */
  static async open(number: number, settings: ClientSettings, signal: AbortSignal): Promise<SftpConnection> {
    const link = await SshLink.open(number, settings, signal);
    const onAbort = (): void => link.fail(aborted(signal, 'login'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      const connection = new SftpConnection(number, settings, link, await link.channel());
      await connection.#begin();
      return connection;
    } catch (error) {
      link.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  get isUsable(): boolean {
    return this.link.isOpen;
  }

  /**
   * Sends a request as soon as there is room for it. Whoever stops waiting leaves a reply that is taken all the same.
   * @param bytes how much of data the request or its reply carries at the most
   * @param isSlow whether the server may take as long as for storing a file
   * @throws ClientError where no reply comes
   */
  async ask(request: SftpAsk, bytes = 0, isSlow = false): Promise<SftpReply> {
    await this.#inFlight.take(bytes + OVERHEAD_BYTES);
    const { promise, resolve, reject } = Promise.withResolvers<SftpReply>();
    if (!this.link.isOpen) throw await this.link.failed.catch((error: unknown) => error);
    const id = this.#nextId;
    this.#nextId = (this.#nextId + 1) % 2 ** 32;
    const asked = request.kind === 'read' ? request.length : 0;
    if (!OF_BYTES.has(request.kind))
      this.settings.log({ event: 'command', connection: this.number, line: commandOf(request) });
    this.#waiting.set(id, { since: performance.now(), asked, bytes: bytes + OVERHEAD_BYTES, isSlow, resolve, reject });
    if (isSlow) this.#slow += 1;
    // What is asked beside it makes no server less silent.
    if (isSlow || this.#waiting.size === 1) this.#watch();
    this.#channel.write(formatRequest({ ...request, id }));
    return promise;
  }

  async #begin(): Promise<void> {
    this.#watch();
    this.#channel.write(formatInit(3));
    await Promise.race([this.#version.promise, this.link.failed]);
    const reply = await this.ask({ kind: 'realpath', path: '.' });
    const [entry] = reply.kind === 'names' ? reply.entries : [];
    if (entry) this.directory = entry.name;
  }

  #received(chunk: Buffer): void {
    try {
      for (const packet of this.#splitter.push(chunk)) this.#take(packet);
    } catch (cause) {
      if (!(cause instanceof MalformedPacket)) throw cause;
      this.#broken(`The server does not speak SFTP: ${cause.message}`, cause);
    }
  }

  #take(packet: Buffer): void {
    if (!this.#hasVersion) {
      const { version, extensions } = parseVersion(packet);
      if (version !== 3) return this.#broken(`The server speaks version ${version} of SFTP, where 3 was asked for`);
      this.#hasVersion = true;
      this.extensions = extensions;
      this.#version.resolve();
      return this.#watch();
    }
    const reply = parseReply(packet);
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return this.#broken('The server answered a request that was never made');
    if (reply.kind === 'data' && reply.data.length > waiting.asked)
      return this.#broken('The server sent more bytes than it was asked for');
    if (reply.kind === 'handle' && reply.handle.length > this.settings.limits.maxSftpHandleBytes)
      return this.#broken('The server gave a handle that is too long (maxSftpHandleBytes)');
    this.#waiting.delete(reply.id);
    if (waiting.isSlow) this.#slow -= 1;
    this.#inFlight.free(waiting.bytes);
    this.#watch();
    this.#checkOldest(waiting);
    waiting.resolve(reply);
  }

  /** A server that has something to answer must say something. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#hasVersion && this.#waiting.size === 0) return;
    const limit = this.#slow > 0 ? 'finalReplyMs' : 'replyMs';
    const sent = this.link.sentBytes;
    this.#timer = setTimeout(() => {
      // One that still takes what it is to answer is slow, and not silent.
      if (this.link.hasUnsent && this.link.sentBytes > sent) this.#watch();
      else this.#tooLate(limit);
    }, this.settings.limits[limit]);
  }

  /** A server that answers what was asked so much later leaves something unanswered; over a slow line all of it takes long. */
  #checkOldest(answered: Waiting): void {
    const [oldest] = this.#waiting.values();
    if (oldest && answered.since - oldest.since > this.settings.limits.finalReplyMs) this.#tooLate('finalReplyMs');
  }

  #tooLate(limit: 'finalReplyMs' | 'replyMs'): void {
    const message = `The server did not answer in time (${limit})`;
    this.link.fail(new ClientError('timeout', message, { phase: 'command', retryable: true }));
  }

  #broken(message: string, cause?: unknown): void {
    this.link.fail(new ClientError('protocol', message, { phase: 'command', cause }));
  }

  #over(error: unknown): void {
    clearTimeout(this.#timer);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#inFlight.fail(error);
  }
}
