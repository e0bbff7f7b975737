import type { Ability, ListenerMode, NewEvent, Peer, SessionInfo, SessionOrigin, Workspace } from '../core/index.ts';
import { formatReply, type Line, type ProtectionLevel, type Reply, reply } from '../protocol/index.ts';
import type { ConnectionTls, ControlChannel } from '../transport/index.ts';
import type { CommandFacts, FeatureContext } from './command-facts.ts';
import { LineQueue } from './line-queue.ts';
import type { RunningTransfer } from './running-transfer.ts';
import type { Settings } from './settings.ts';
import { TransferParameters } from './transfer-parameters.ts';

/** Who is there: nobody yet, a name without a proof, or a member. Only a member leads to a storage. */
export type Login = { readonly kind: 'greeted' } | { readonly kind: 'named'; readonly user: string } | Admitted;

/** A member, as far as the session needs to know it: see `Member`. */
export interface Admitted extends AsyncDisposable {
  readonly kind: 'member';
  readonly workspace: Workspace;
}

/** An event without what every event of a session has. */
type OwnEvent<Event = NewEvent> = Event extends SessionOrigin ? Omit<Event, keyof SessionOrigin> : never;

/** How the server ends a session of its own accord. */
export interface Farewell {
  /** Of the 421. */
  readonly text: string;
  /** For the log. */
  readonly reason: string;
}

const GOING_DOWN: Farewell = { text: 'The server is going down', reason: 'drained' };

export interface SessionParts {
  readonly id: string;
  readonly mode: ListenerMode;
  readonly channel: ControlChannel;
  readonly settings: Settings;
  /** What HELP and FEAT tell of. */
  readonly commands: ReadonlyMap<string, CommandFacts>;
}

/** One control connection and what it has agreed on. It holds state and plumbing; the commands hold the behaviour. */
export class Session implements FeatureContext {
  readonly id: string;
  readonly mode: ListenerMode;
  readonly channel: ControlChannel;
  readonly settings: Settings;
  /** What HELP and FEAT tell of. */
  readonly commands: ReadonlyMap<string, CommandFacts>;
  readonly tls: ConnectionTls;
  /** What has come and waits behind the running command. */
  readonly lines: LineQueue<Line>;
  /** When it began, in milliseconds since 1970. */
  readonly since = Date.now();

  login: Login = { kind: 'greeted' };
  parameters = new TransferParameters();
  /** The host that it asked for by HOST (RFC 7151). */
  host: string | undefined;
  /** PBSZ was sent: PROT may follow (RFC 4217 section 9). */
  hasBufferSize = false;
  dataProtection: ProtectionLevel;
  /** Until when somebody must have signed in, on the clock of `performance.now`. */
  loginDeadline: number;
  unknownCommands = 0;
  /** Refusals that the log has named. */
  loggedRefusals = 0;
  /** An event has told already why the running command is refused. */
  isRefusalTold = false;
  failedLogins = 0;
  /** The command that runs, where one does. */
  running: { readonly verb: string; readonly abort: AbortController } | undefined;
  transfer: RunningTransfer | undefined;
  closeReason: string | undefined;
  /** It ends after the running command, with this. */
  farewell: Farewell | undefined;

  constructor({ id, mode, channel, settings, commands }: SessionParts) {
    this.id = id;
    this.mode = mode;
    this.channel = channel;
    this.settings = settings;
    this.commands = commands;
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

  get hasMember(): boolean {
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

  /** Whether files can be treated so somewhere: those of the member, or those that members will have. */
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
  async leave(farewell = GOING_DOWN): Promise<void> {
    this.farewell ??= farewell;
    if (!this.running) await this.close(421, this.farewell.text, this.farewell.reason);
  }

  /** Ends the session now: the running command is broken off, what waits is not carried out, and whoever does not take the 421 loses the connection. */
  async expel(farewell: Farewell): Promise<void> {
    this.farewell = farewell;
    this.closeReason ??= farewell.reason;
    this.lines.end();
    this.running?.abort.abort();
    const timer = setTimeout(() => this.channel.destroy(), this.settings.limits.replyFlushMs);
    await Promise.all([this.leave(), this.channel.closed]);
    clearTimeout(timer);
  }

  publish(event: OwnEvent): void {
    this.settings.publish({ ...event, ...this.#origin });
  }

  /** Back to the moment after the greeting (REIN, AUTH; RFC 4217 section 4.2), but for the protection of the channel. */
  async reset(): Promise<void> {
    await this.signOut();
    this.host = undefined;
    this.parameters = new TransferParameters();
    this.hasBufferSize = false;
    this.dataProtection = this.#initialProtection();
  }

  async signOut(): Promise<void> {
    const admitted = this.#admitted;
    this.login = { kind: 'greeted' };
    if (admitted) this.settings.sessions.signOut(this.id);
    // Not at each USER, or it could be put off for ever.
    if (admitted) this.loginDeadline = this.#nextLoginDeadline();
    await admitted?.[Symbol.asyncDispose]();
  }

  get #admitted(): Admitted | undefined {
    return this.login.kind === 'member' ? this.login : undefined;
  }

  /** What whoever runs the server sees of it. */
  get info(): SessionInfo {
    return { ...this.#origin, since: this.since, ...(this.transfer && { transfer: this.transfer.facts }) };
  }

  get #origin(): SessionOrigin {
    const account = this.#admitted?.workspace.account.name;
    const { address } = this.channel.peer;
    return { session: this.id, protocol: 'ftp', address, ...(account !== undefined && { account }) };
  }

  #nextLoginDeadline(): number {
    return performance.now() + this.settings.limits.loginMs;
  }

  /** RFC 4217 section 9: clear until PROT says otherwise; implicit mode, where clients send no PROT, begins private. */
  #initialProtection(): ProtectionLevel {
    return this.mode === 'implicit' ? 'private' : 'clear';
  }
}
