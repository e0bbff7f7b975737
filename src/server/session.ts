import type {
  Ability,
  Credentials,
  ListenerMode,
  NewEvent,
  Peer,
  RunningCommand,
  SessionInfo,
  SessionOrigin,
  Workspace,
} from '../core/index.ts';
import { formatReply, type Line, type ProtectionLevel, type Reply, reply } from '../protocol/index.ts';
import type { ConnectionTls, ControlChannel } from '../transport/index.ts';
import type { CommandFacts, FeatureContext } from './command-facts.ts';
import { LineQueue } from './line-queue.ts';
import type { RunningTransfer } from './running-transfer.ts';
import type { SessionSettings } from './settings.ts';
import { shortened } from './shortened.ts';
import { TransferParameters } from './transfer-parameters.ts';

/**
 * How far the login is: not begun, a name without a proof, a proof that needs a code beside it (`half`), a proof with a
 * password that has to be changed first (`due`), or done. Only a signed-in user leads to a storage.
 */
export type Login =
  | { readonly kind: 'greeted' }
  | { readonly kind: 'named'; readonly user: string }
  | { readonly kind: 'half'; readonly user: string; readonly credentials: Credentials }
  | { readonly kind: 'due'; readonly user: string }
  | Admitted;

/** A signed-in user, as far as `Session` needs to know one: see `UserSession`. */
export interface Admitted extends AsyncDisposable {
  readonly kind: 'signed-in';
  readonly workspace: Workspace;
}

/** An event without what every event of a session has. */
type OwnEvent<Event = NewEvent> = Event extends SessionOrigin ? Omit<Event, keyof SessionOrigin> : never;

/** How the server ends a session. */
export interface Termination {
  /** The text of the 421 reply. */
  readonly text: string;
  /** The reason in the log. */
  readonly reason: string;
}

const GOING_DOWN: Termination = { text: 'The server is going down', reason: 'drained' };

export interface SessionParts {
  readonly id: string;
  readonly mode: ListenerMode;
  readonly channel: SessionChannel;
  readonly settings: SessionSettings;
  /** The commands that HELP and FEAT list. */
  readonly commands: ReadonlyMap<string, CommandFacts>;
}

/** What a session needs of its control connection. */
export type SessionChannel = Pick<ControlChannel, keyof ControlChannel>;

/** One control connection and its state. The commands hold the behaviour. */
export class Session implements FeatureContext {
  readonly #stranger: SessionOrigin;
  /** Of its events: with the account, once somebody has signed in. */
  origin: SessionOrigin;
  readonly id: string;
  readonly mode: ListenerMode;
  readonly channel: SessionChannel;
  readonly settings: SessionSettings;
  /** The commands that HELP and FEAT list. */
  readonly commands: ReadonlyMap<string, CommandFacts>;
  readonly tls: ConnectionTls;
  /** Commands that wait for the running one to end. */
  readonly lines: LineQueue<Line>;
  /** When it began, in milliseconds since 1970. */
  readonly since = Date.now();

  login: Login = { kind: 'greeted' };
  parameters = new TransferParameters();
  /** The host that it asked for by HOST (RFC 7151). */
  host: string | undefined;
  /** What the client calls itself (CLNT). */
  client: string | undefined;
  /** PBSZ was sent: PROT may follow (RFC 4217 section 9). */
  hasBufferSize = false;
  dataProtection: ProtectionLevel;
  /** When the time to sign in is over, on the clock of `performance.now`. */
  loginDeadline: number;
  unknownCommands = 0;
  /** How many refusals were logged. */
  loggedRefusals = 0;
  /** An event with the refusal of the running command is already published. */
  isRefusalTold = false;
  failedLogins = 0;
  /** The command that runs, where one does. */
  running: (RunningCommand & { readonly abort: AbortController }) | undefined;
  transfer: RunningTransfer | undefined;
  closeReason: string | undefined;
  /** Set when the session must end after the running command. */
  termination: Termination | undefined;

  constructor({ id, mode, channel, settings, commands }: SessionParts) {
    this.id = id;
    this.mode = mode;
    this.channel = channel;
    this.settings = settings;
    this.commands = commands;
    this.#stranger = { session: id, protocol: 'ftp', address: channel.peer.address };
    this.origin = this.#stranger;
    this.tls = settings.tls.forConnection(id);
    this.lines = new LineQueue(
      settings.limits.maxQueuedCommands,
      () => channel.pause(),
      () => channel.resume(),
    );
    this.dataProtection = this.#initialProtection();
    this.loginDeadline = this.#nextLoginDeadline();
  }

  get isSecure(): boolean {
    return this.channel.protection === 'private';
  }

  get isSignedIn(): boolean {
    return this.#admitted !== undefined;
  }

  get peer(): Peer {
    const { tls, peer } = this.channel;
    return {
      session: this.id,
      protocol: 'ftp',
      address: peer.address,
      port: peer.port,
      ...(tls && { tls }),
      ...(this.host !== undefined && { host: this.host }),
      ...(this.settings.sessionReuse && { sessionReuse: this.settings.sessionReuse }),
      ...(this.settings.accounts && { accounts: this.settings.accounts }),
    };
  }

  /** How long it may be idle: as the server says, or less for a signed-in user. */
  get idleMs(): number {
    return Math.min(this.settings.limits.idleMs, this.#admitted?.workspace.policy.idleMs ?? Number.POSITIVE_INFINITY);
  }

  /** Whether the user's files have an ability anywhere. Before the login: whether those of any account may have it. */
  can(ability: Ability): boolean {
    const admitted = this.#admitted;
    return admitted ? admitted.workspace.files.can(ability) : (this.settings.gatekeeper.can?.(ability) ?? true);
  }

  /** Ends when the running command should: ABOR, or the end of the connection. */
  get signal(): AbortSignal {
    return this.running?.abort.signal ?? AbortSignal.abort();
  }

  send(answer: Reply): Promise<void> {
    return this.channel.send(formatReply(answer));
  }

  /** Sends a last reply, and ends the connection in good order. */
  async close(code: number, text: string, reason: string): Promise<void> {
    this.closeReason ??= reason;
    await this.channel.close(formatReply(reply(code, text)));
  }

  /** Ends the connection at once; what waits is not carried out any more. */
  drop(reason: 'injected'): void {
    this.lines.end();
    this.channel.destroy(reason);
  }

  /** Ends the session as soon as no command runs (RFC 959: 421 to any command when the service must shut down). */
  async endWhenIdle(termination = GOING_DOWN): Promise<void> {
    this.termination ??= termination;
    if (!this.running) await this.close(421, this.termination.text, this.termination.reason);
  }

  /**
   * Ends the session now. The running command is aborted and queued commands are dropped. A client that does not read
   * the 421 in time loses its connection.
   */
  async terminate(termination: Termination): Promise<void> {
    this.termination = termination;
    this.closeReason ??= termination.reason;
    this.lines.end();
    this.running?.abort.abort();
    const timer = setTimeout(() => this.channel.destroy(), this.settings.limits.replyFlushMs);
    await Promise.all([this.endWhenIdle(), this.channel.closed]);
    clearTimeout(timer);
  }

  publish(event: OwnEvent): void {
    this.settings.publish({ ...event, ...this.origin });
  }

  /** Whether all that was published of the session is recorded, where it must be; waits until it is. */
  async isRecorded(): Promise<boolean> {
    return (await this.settings.records?.recorded(this.id)) ?? true;
  }

  /** Back to the moment after the greeting (REIN, AUTH; RFC 4217 section 4.2), but for the protection of the channel. */
  async reset(): Promise<void> {
    await this.signOut();
    this.host = undefined;
    this.parameters = new TransferParameters();
    this.hasBufferSize = false;
    this.dataProtection = this.#initialProtection();
  }

  signIn(admitted: Admitted): void {
    const { peer } = this;
    const { name: account } = admitted.workspace.account;
    this.login = admitted;
    this.origin = { ...this.#stranger, account };
    this.settings.sessions.signIn(this.id, { account, host: peer.host ?? peer.tls?.serverName });
  }

  /** The password is right, and opens nothing until it is changed: whoever does that by hand has as long as between commands. */
  demandPasswordChange(user: string): void {
    this.login = { kind: 'due', user };
    this.loginDeadline = performance.now() + this.settings.limits.idleMs;
  }

  async signOut(): Promise<void> {
    const admitted = this.#admitted;
    this.#tellHalfLogin();
    this.login = { kind: 'greeted' };
    this.origin = this.#stranger;
    if (admitted) this.settings.sessions.signOut(this.id);
    // A USER alone does not restart the time: a client could extend it for ever.
    if (admitted) this.loginDeadline = this.#nextLoginDeadline();
    await admitted?.[Symbol.asyncDispose]();
  }

  /** Whoever began a login and gives it up before its code may have a password of somebody else. */
  #tellHalfLogin(): void {
    const { login } = this;
    if (login.kind !== 'half') return;
    const { user, credentials } = login;
    const reason = 'no code of its authenticator followed';
    this.publish({ event: 'login.failed', user, method: credentials.kind, code: 'code-missing', reason });
  }

  get #admitted(): Admitted | undefined {
    return this.login.kind === 'signed-in' ? this.login : undefined;
  }

  /** The session as operators see it. */
  get info(): SessionInfo {
    const { origin, mode, since, host, client, login, running, transfer } = this;
    const { tls, peer } = this.channel;
    return {
      ...origin,
      mode,
      port: peer.port,
      since,
      ...((login.kind === 'named' || login.kind === 'half' || login.kind === 'due') && { user: shortened(login.user) }),
      ...(tls && { tls }),
      ...(host !== undefined && { host }),
      ...(client !== undefined && { client }),
      ...(running && { command: { verb: running.verb, since: running.since } }),
      ...(transfer && { transfer: transfer.facts }),
    };
  }

  #nextLoginDeadline(): number {
    return performance.now() + this.settings.limits.loginMs;
  }

  /** RFC 4217 section 9: clear until PROT says otherwise; implicit mode, where clients send no PROT, begins private. */
  #initialProtection(): ProtectionLevel {
    return this.mode === 'implicit' ? 'private' : 'clear';
  }
}
