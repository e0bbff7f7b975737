import type { Socket } from 'node:net';
import {
  type CurrentTransfer,
  type NewEvent,
  type Peer,
  type RunningCommand,
  type SessionInfo,
  type SessionOrigin,
  type SshFacts,
  type Workspace,
} from '../core/index.ts';
import { type SftpRequest, STATUS } from '../protocol/index.ts';
import { peerOf, sshFingerprint } from '../transport/index.ts';
import { ByteBudget } from './byte-budget.ts';
import { converse, type Outcome } from './conversation.ts';
import { HandleCount, Handles } from './handles/handles.ts';
import type { SftpSettings } from './options.ts';
import { RefusedKeys } from './refused-keys.ts';
import { HALF_REASONS, type SigningIn, signIn } from './sign-in.ts';
import { pathIn, type SignedInUser } from './signed-in-user.ts';
import type { SshChannel, SshConnection, SshEnd, SshListener } from './ssh/transport.ts';

type OwnEvent<Event = NewEvent> = Event extends SessionOrigin ? Omit<Event, keyof SessionOrigin> : never;

const NOT_NOW = 'Not now: operations can not be recorded at the moment';
const NOT_RECORDED = 'The record of this operation could not be written: look what was done';

/** One SSH connection and its state. */
export class SftpSession {
  readonly id: string;
  readonly settings: SftpSettings;
  readonly #peer: Pick<Peer, 'address' | 'port'>;
  readonly #since = Date.now();
  readonly #began = performance.now();
  readonly #abort = new AbortController();
  readonly #handleCount: HandleCount;
  readonly #budget: ByteBudget;
  readonly #users = new Set<SignedInUser>();
  readonly #conversations = new Set<Promise<void>>();
  readonly #connection: SshConnection;
  readonly #deadline: NodeJS.Timeout;
  #idle: NodeJS.Timeout | undefined;
  #workspace: Workspace | undefined;
  #ssh: SshFacts | undefined;
  /** The name that was given last, where nobody has signed in. */
  user: string | undefined;
  failedLogins = 0;
  proven: SigningIn['proven'];
  readonly refusedKeys = new RefusedKeys();
  #loggedRefusals = 0;
  #running = 0;
  /** Requests that wait for their record. */
  #recording = 0;
  #command: RunningCommand | undefined;
  #endReason: string | undefined;
  /** As soon as nothing runs. */
  #isEnding = false;
  /** By us. */
  #isEnded = false;
  /** Resolves when all that belongs to it has ended. Never rejects. */
  readonly ended: Promise<void>;

  constructor(id: string, socket: Socket, settings: SftpSettings) {
    this.id = id;
    this.settings = settings;
    this.#peer = peerOf(socket);
    this.#handleCount = new HandleCount(settings.limits.maxSftpHandles);
    this.#budget = new ByteBudget(settings.limits.maxSftpBytesInFlight);
    this.publish({ event: 'session.opened', mode: 'sftp', port: this.#peer.port });
    this.#deadline = setTimeout(() => this.end('no login in time'), settings.limits.loginMs);
    this.#connection = settings.transport.accept(socket, this.#listener);
    this.ended = this.#end();
  }

  get peer(): Peer {
    return { session: this.id, protocol: 'sftp', ...this.#peer, ...(this.#ssh && { ssh: this.#ssh }) };
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  publish(event: OwnEvent): void {
    this.settings.publish({ ...event, ...this.#origin });
  }

  /** Ends the session now. What runs is broken off, and uploads are kept for resuming. */
  end(reason: string): void {
    this.#endReason ??= reason;
    this.#isEnding = true;
    this.#isEnded = true;
    this.#abort.abort();
    this.#connection.disconnect(reason);
  }

  /** Ends it as soon as no file is open and nothing runs. */
  endWhenIdle(reason: string): void {
    this.#endReason ??= reason;
    this.#isEnding = true;
    this.#endIfIdle();
  }

  /** Somebody is signed in: what belongs to the login begins. */
  signedIn(workspace: Workspace): void {
    this.#workspace = workspace;
    clearTimeout(this.#deadline);
    const { revoked, policy, account } = workspace;
    this.settings.sessions.signIn(this.id, { account: account.name, host: undefined });
    const idleMs = Math.min(this.settings.limits.idleMs, policy.idleMs ?? Number.POSITIVE_INFINITY);
    this.#idle = setTimeout(() => this.#timeOut(), idleMs);
    const terminate = () => this.end(revoked?.reason instanceof Error ? revoked.reason.message : 'revoked');
    if (revoked?.aborted) terminate();
    else revoked?.addEventListener('abort', terminate, { once: true });
  }

  /** The session as operators see it. */
  get info(): SessionInfo {
    const [transfer] = this.transfers;
    const user = this.#workspace ? undefined : this.user;
    return {
      ...this.#origin,
      mode: 'sftp',
      port: this.#peer.port,
      since: this.#since,
      ...(user !== undefined && { user: user.slice(0, 256) }),
      ...(this.#ssh && { ssh: this.#ssh, client: this.#ssh.client }),
      ...(this.#command && { command: this.#command }),
      ...(transfer && { transfer }),
    };
  }

  /** The files that are open. */
  get transfers(): readonly CurrentTransfer[] {
    return [...this.#users].flatMap(({ handles }) => handles.files.map(({ transfer }) => transfer.facts));
  }

  readonly #listener: SshListener = {
    secured: (ssh) => {
      this.#ssh = ssh;
      this.publish({ event: 'session.keys-exchanged', ssh });
    },
    signIn: (user, attempt) => signIn(this, user, attempt),
    opened: (channel) => {
      const conversation = this.#converse(channel).finally(() => this.#conversations.delete(conversation));
      this.#conversations.add(conversation);
      return conversation;
    },
  };

  get #origin(): SessionOrigin {
    const account = this.#workspace?.account.name;
    return {
      session: this.id,
      protocol: 'sftp',
      address: this.#peer.address,
      ...(account !== undefined && { account }),
    };
  }

  async #converse(channel: SshChannel): Promise<void> {
    const workspace = this.#workspace;
    if (!workspace) return channel.close();
    const { account, files, policy } = workspace;
    const handles = new Handles(this.#handleCount);
    const publish = (event: OwnEvent): void => this.publish(event);
    const signal = AbortSignal.any([this.signal, channel.signal]);
    const user = { account, files, policy, settings: this.settings, handles, publish, signal };
    this.#users.add(user);
    try {
      await converse(channel, user, this.#host);
    } catch (error) {
      this.publish({ event: 'failure', error });
    } finally {
      const isOurs = this.#isEnded;
      await handles.abandon({
        ending: isOurs ? 'aborted' : 'cut',
        reason: isOurs ? 'the session was ended' : 'the channel ended before the file was closed',
      });
      this.#users.delete(user);
    }
  }

  get #host() {
    const { records } = this.settings;
    return {
      budget: this.#budget,
      get trouble() {
        return records?.trouble === undefined ? undefined : NOT_NOW;
      },
      begun: (verb: SftpRequest['kind']) => {
        this.#running += 1;
        this.#command = { verb: verb.toUpperCase(), since: Date.now() };
        this.#idle?.refresh();
      },
      recorded: () => this.#recorded(),
      ended: (request: SftpRequest, outcome: Outcome) => this.#tell(request, outcome),
    };
  }

  /** Resolves with what the peer is told in place of a reply, where something could not be recorded. */
  async #recorded(): Promise<string | undefined> {
    const { records } = this.settings;
    this.#recording += 1;
    try {
      return ((await records?.recorded(this.id)) ?? true) ? undefined : NOT_RECORDED;
    } finally {
      this.#recording -= 1;
      // Requests that run side by side count as one: nobody knows which of them could not be recorded.
      if (this.#recording === 0 && this.#running === 0) records?.commandEnded(this.id);
    }
  }

  #tell({ kind }: SftpRequest, { status, message, path, durationMs, error }: Outcome): void {
    this.#running -= 1;
    this.#idle?.refresh();
    if (this.#running === 0) this.#command = undefined;
    const verb = kind.toUpperCase();
    if (error !== undefined) this.publish({ event: 'failure', verb, error });
    if (kind !== 'read' && kind !== 'write') {
      this.publish({ event: 'command', verb, argument: path ?? '', reply: status, durationMs });
    }
    if (isRefusal(kind, status)) this.#tellRefusal(verb, path, status, message);
    if (this.#isEnding) this.#endIfIdle();
  }

  /** Bounded, because the peer decides how often that happens. */
  #tellRefusal(verb: string, given: string | undefined, reply: number, reason: string): void {
    if (this.#loggedRefusals >= this.settings.limits.maxLoggedRefusals) return;
    this.#loggedRefusals += 1;
    const path = pathIn(given);
    this.publish({ event: 'command.refused', verb, ...(path !== undefined && { path }), reply, reason });
  }

  #timeOut(): void {
    // What waits for a slow peer, or for a rate, has limits of its own.
    if (this.#running > 0) this.#idle?.refresh();
    else this.end('idle for too long');
  }

  #endIfIdle(): void {
    if (this.#running === 0 && this.#handleCount.isZero) this.end(this.#endReason ?? 'drained');
  }

  async #end(): Promise<void> {
    const end = await this.#connection.ended;
    clearTimeout(this.#deadline);
    clearTimeout(this.#idle);
    this.#abort.abort();
    await Promise.all(this.#conversations);
    if (end.failure && !this.#endReason) this.#tellFailure(end);
    const workspace = this.#workspace;
    if (!workspace) this.#tellHowFar();
    if (workspace) {
      this.settings.sessions.signOut(this.id);
      try {
        await workspace[Symbol.asyncDispose]();
      } catch (error) {
        this.publish({ event: 'failure', error });
      }
    }
    const durationMs = Math.round(performance.now() - this.#began);
    this.publish({ event: 'session.closed', reason: this.#endReason ?? end.reason, durationMs });
  }

  /** Of a login that nobody has told of yet. Where a password was tried too, that failure tells of it. */
  #tellHowFar(): void {
    const { proven, refusedKeys, failedLogins, user = '' } = this;
    if (proven && (failedLogins === 0 || proven.missing === 'code-missing')) {
      const { credentials, missing } = proven;
      const key = credentials.kind !== 'certificate' && credentials.key && sshFingerprint(credentials.key.blob);
      const facts = { code: missing, reason: HALF_REASONS[missing], ...(key && { key }) };
      this.publish({ event: 'login.failed', user: proven.user, method: credentials.kind, ...facts });
    } else if (refusedKeys.told && failedLogins === 0) {
      this.publish({ event: 'login.failed', user, method: 'public-key', ...refusedKeys.told });
    }
  }

  #tellFailure({ failure, reason }: SshEnd): void {
    if (failure) this.publish({ event: 'handshake.failed', code: failure, reason });
  }
}

/** What operators look for: no right, no such file. A client that looks whether something is there is refused nothing. */
function isRefusal(kind: SftpRequest['kind'], status: number): boolean {
  if (status === STATUS['permission-denied']) return true;
  return status === STATUS['no-such-file'] && !['stat', 'lstat', 'opendir', 'readlink'].includes(kind);
}
