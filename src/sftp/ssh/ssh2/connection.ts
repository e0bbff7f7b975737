import type { Socket } from 'node:net';
import { background, type HandshakeFailure, type Limits } from '../../../core/index.ts';
import {
  keepKeyObjects,
  type Ssh2Client,
  type Ssh2Key,
  type Ssh2Module,
  type Ssh2Session,
} from '../../../transport/index.ts';
import type { SshConnection, SshEnd, SshListener } from '../transport.ts';
import { Attempts } from './attempts.ts';
import { MIN_PACKET_BYTES, WatchedChannel } from './channel.ts';
import { gatherWrites } from './gather-writes.ts';
import { KeyAge } from './key-age.ts';
import { showHostKeys } from './shown-host-keys.ts';

/** The time that a peer gets to read the last message. */
const LAST_MS = 1000;

/** One connection of ssh2, with the bounds that ssh2 itself does not have. */
export class WatchedConnection implements SshConnection {
  readonly ended: Promise<SshEnd>;
  readonly #socket: Socket;
  readonly #limits: Limits;
  readonly #listener: SshListener;
  readonly #attempts: Attempts;
  readonly #keys: KeyAge;
  readonly #channels = new Set<WatchedChannel>();
  readonly #handshakeTimer: NodeJS.Timeout;
  #client: Ssh2Client | undefined;
  #sessions = 0;
  #sessionsOpened = 0;
  /** Channels that are closed, and for which something still runs. */
  #lingering = 0;
  #isSecured = false;
  #reason: string | undefined;
  #failure: HandshakeFailure = 'peer-closed';

  constructor(module: Ssh2Module, socket: Socket, limits: Limits, listener: SshListener) {
    this.#socket = socket;
    this.#limits = limits;
    this.#listener = listener;
    this.#attempts = new Attempts(module, limits, listener, (reason) => this.disconnect(reason));
    this.#keys = new KeyAge(limits, {
      renew: () => this.#client?.rekey(),
      onTooMany: () => this.#destroy('too many key exchanges'),
    });
    const { promise, resolve } = Promise.withResolvers<SshEnd>();
    this.ended = promise;
    this.#handshakeTimer = setTimeout(() => {
      this.#failure = 'timeout';
      this.#destroy('no key exchange in time');
    }, limits.sshHandshakeMs);
    socket.setNoDelay(true);
    // Until ssh2 listens too.
    socket.pause();
    socket.on('data', () => this.#received());
    socket.on('end', () => this.disconnect('the peer ended the connection'));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#broken(error));
    socket.on('close', () => {
      this.#over('the connection was lost');
      clearTimeout(this.#handshakeTimer);
      this.#keys.stop();
      this.#attempts.stop();
      for (const channel of this.#channels) channel.closed();
      resolve({ reason: this.#reason ?? '', ...(!this.#isSecured && { failure: this.#failure }) });
    });
  }

  /** The peer has told its version, and ssh2 speaks with it from here on. */
  attach(client: Ssh2Client, software: string, hostKeys: readonly Ssh2Key[]): void {
    this.#client = client;
    client.on('error', (error) => {
      if (error.level === 'socket') return;
      this.#failure = /no matching|handshake failed/i.test(error.message) ? 'no-common-cipher' : 'other';
      this.#over(error.message);
      this.#socket.destroySoon();
    });
    client.on('handshake', ({ kex, serverHostKey, cs }) => {
      keepKeyObjects(client);
      this.#keys.exchanged(this.#socket.bytesRead + this.#socket.bytesWritten);
      if (this.#isSecured) return;
      this.#isSecured = true;
      client.once('ready', () => showHostKeys(client, hostKeys, serverHostKey));
      clearTimeout(this.#handshakeTimer);
      this.#listener.secured({
        client: software,
        keyExchange: kex,
        hostKey: serverHostKey,
        cipher: cs.cipher,
        ...(cs.mac !== '' && cs.mac !== undefined && { mac: cs.mac }),
      });
    });
    client.on('authentication', (attempt) => {
      background(this.#attempts.answer(attempt), () => this.#destroy('a request to sign in failed'));
    });
    client.on('session', (accept, reject) => this.#open(accept, reject));
  }

  disconnect(reason: string): void {
    this.#over(reason);
    this.#attempts.stop();
    try {
      this.#client?.end();
    } catch {
      // It has ended already.
    }
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), LAST_MS);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #open(accept: () => Ssh2Session | undefined, reject: () => void): void {
    const { maxSshChannels, maxSshChannelsOpened } = this.#limits;
    if (Math.max(this.#sessions, this.#lingering) >= maxSshChannels) return reject();
    if (this.#sessionsOpened >= maxSshChannelsOpened) return reject();
    const session = accept();
    if (!session) return;
    this.#sessions += 1;
    this.#sessionsOpened += 1;
    let serving: Promise<void> | undefined;
    let onClose = (): void => undefined;
    // A peer may close one that has no subsystem as often as it likes.
    session.once('close', () => {
      this.#sessions -= 1;
      onClose();
      if (serving) this.#linger(serving);
    });
    session.on('subsystem', (accept, reject, { name }) => {
      const channel = name === 'sftp' ? accept() : undefined;
      if (!channel) return reject?.();
      if (channel.outgoing.packetSize < MIN_PACKET_BYTES) return this.#destroy('its packets are too small');
      const watched = new WatchedChannel(channel, this.#socket, this.#limits, () =>
        this.#destroy('the peer took nothing for too long'),
      );
      this.#channels.add(watched);
      channel.on('close', () => this.#channels.delete(watched));
      onClose = () => watched.closed();
      serving = this.#listener.opened(watched);
    });
  }

  /** Counts what still runs for a closed channel: else a peer could have any number of requests running, by closing what they came on. */
  #linger(serving: Promise<void>): void {
    this.#lingering += 1;
    const ended = serving.finally(() => {
      this.#lingering -= 1;
    });
    background(ended, () => undefined);
  }

  /** Called for each chunk, before ssh2 gets it: so each bound can be passed by what one chunk brings. */
  #received(): void {
    gatherWrites(this.#socket);
    this.#keys.moved(this.#socket.bytesRead + this.#socket.bytesWritten);
    for (const channel of this.#channels)
      if (channel.isOverrun) return this.#destroy('the peer sent more than its window');
    if (this.#socket.writableLength <= this.#limits.maxSshUnreadBytes || this.#socket.isPaused()) return;
    // Whatever is answered goes to a peer that reads nothing.
    this.#socket.pause();
    const timer = setTimeout(() => this.#destroy('the peer read nothing for too long'), this.#limits.stallMs);
    const goOn = () => {
      clearTimeout(timer);
      this.#socket.off('close', goOn);
      this.#socket.resume();
    };
    this.#socket.once('drain', goOn);
    this.#socket.once('close', goOn);
  }

  #broken({ code, message }: NodeJS.ErrnoException): void {
    if (code === 'ECONNRESET') this.#failure = 'reset';
    this.#over(code ?? message);
  }

  /** The first reason counts. */
  #over(reason: string): void {
    this.#reason ??= reason;
  }

  #destroy(reason: string): void {
    this.#over(reason);
    this.#socket.destroy();
  }
}
