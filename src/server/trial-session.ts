import {
  type DecidingRule,
  type Gatekeeper,
  type ListenerMode,
  type Peer,
  type ReceiptIssuer,
  type RecordStore,
  StorageError,
  type TlsFacts,
  TrialReached,
  type Workspace,
} from '../core/index.ts';
import { newLink, type Reply } from '../protocol/index.ts';
import { type DataEndpoint, TicketKeys } from '../transport/index.ts';
import type { CommandDefinition, CommandResult } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { KeyedLimiter } from './concurrency-limiter.ts';
import { execute, gateRefusal } from './dispatch.ts';
import { replyFor } from './failures.ts';
import { OpenSessions } from './open-sessions.ts';
import type { ReloadableOptions } from './options.ts';
import { Session, type SessionChannel } from './session.ts';
import { settingsByListener } from './settings.ts';
import { UserSession } from './user-session.ts';

/** What a command would be answered with, and the rule behind a refusal, as far as it is one. */
export interface CommandVerdict {
  /** Absent: nothing refuses it, and what it would do now was not done. */
  readonly reply?: Reply;
  readonly rule?: DecidingRule;
  /** The option of the server that has it refused. */
  readonly option?: string;
}

export interface TrialSessionParts {
  readonly options: Omit<ReloadableOptions, 'gatekeeper'>;
  /** The index of the listener that it came to. */
  readonly listener: number;
  readonly mode: ListenerMode;
  readonly address: string;
  /** Absent: the client has started no TLS. */
  readonly tls?: TlsFacts;
  readonly records?: RecordStore | undefined;
  readonly receipts?: ReceiptIssuer | undefined;
}

/**
 * A session without a connection: what commands would be answered is decided by the code that answers them. It begins signed
 * out, and its data connections are as private as its control connection, and its type is I, as those of all clients are that move files.
 */
export class TrialSession {
  readonly #session: Session;

  /** @throws TlsSettingsError */
  constructor({ options, listener, mode, address, tls, records, receipts }: TrialSessionParts) {
    const settings = settingsByListener(
      { ...options, gatekeeper: NOBODY },
      {
        publish() {},
        records: records && { ...UNHEARD, trouble: records.trouble },
        receipts,
        digests: new KeyedLimiter(),
        sessions: new OpenSessions(),
        ticketKeys: new TicketKeys(),
      },
    );
    this.#session = new Session({
      id: '000000000000',
      mode,
      channel: new NoChannel(address, tls),
      settings: settings.atListener[listener] ?? settings.common,
      commands: COMMANDS,
    });
    this.#session.dataProtection = tls ? 'private' : 'clear';
    this.#session.parameters.type = 'image';
  }

  /** As it would be shown to the gatekeeper. */
  get peer(): Peer {
    return this.#session.peer;
  }

  /** Why it may not even name its account; undefined: it may. */
  get loginRefusal(): CommandVerdict | undefined {
    const user = COMMANDS.get('USER');
    return user && this.#refusalOf(user);
  }

  /** What commands would be answered, one behind the other, up to the first that is refused. */
  async run(workspace: Workspace, commands: readonly TrialCommand[]): Promise<CommandVerdict> {
    const user = new UserSession(this.#session, workspace);
    this.#session.login = user;
    let verdict: CommandVerdict = {};
    for (const { verb, argument } of commands) {
      const command = COMMANDS.get(verb);
      if (!command) throw new Error(`There is no command ${verb}`);
      await user.prepareData(NO_ENDPOINT);
      this.#session.running = { verb, since: Date.now(), abort: new AbortController() };
      verdict = this.#refusalOf(command) ?? (await this.#carryOut(command, argument));
      if (verdict.reply && verdict.reply.code >= 400) break;
    }
    return verdict;
  }

  #refusalOf(command: CommandDefinition): CommandVerdict | undefined {
    const refusal = gateRefusal(this.#session, command);
    return (
      refusal && { reply: replyIn(refusal.answer), ...(refusal.option !== undefined && { option: refusal.option }) }
    );
  }

  async #carryOut(command: CommandDefinition, argument: string): Promise<CommandVerdict> {
    try {
      const reply = replyIn(await execute(this.#session, command, argument));
      const option = reply.code === 502 ? command.optionFor?.(argument) : undefined;
      return { reply, ...(option !== undefined && { option }) };
    } catch (error) {
      if (error instanceof TrialReached) return {};
      const rule = error instanceof StorageError ? error.rule : undefined;
      return { reply: replyFor(error), ...(rule && { rule }) };
    }
  }
}

/** A command that leads to a path, with its other arguments as any client might give them. */
export interface TrialCommand {
  readonly verb: string;
  readonly argument: string;
}

/** The command of a verb on a path; undefined for one that leads to no path. @param words `['STOR']`, `['SITE', 'CHMOD']` */
export function trialCommand(words: readonly string[], path: string): TrialCommand | undefined {
  const [verb = '', ...rest] = words.map((word) => word.toUpperCase());
  const special = ARGUMENTS[[verb, ...rest].join(' ')];
  if (special) return { verb, argument: special(path) };
  const command = rest.length === 0 ? COMMANDS.get(verb) : undefined;
  return command?.access === 'user' && TAKES_PATH.test(command.usage) ? { verb, argument: path } : undefined;
}

/** Such as `RETR <path>`, `LIST [-adR] [<path>]`, `XMD5 <path>, or ...`. */
const TAKES_PATH = /^[A-Z0-9]+(?: \[-[a-zA-Z]+\])? \[?<(?:path|name)>\]?(?:,|$)/;

const TIME = '20000101000000';

const ARGUMENTS: { readonly [words: string]: ((path: string) => string) | undefined } = {
  MDTM: (path) => path,
  MFMT: (path) => `${TIME} ${path}`,
  MFCT: (path) => `${TIME} ${path}`,
  MFF: (path) => `Modify=${TIME}; ${path}`,
  'SITE CHMOD': (path) => `CHMOD 644 ${path}`,
  'SITE UTIME': (path) => `UTIME ${TIME} ${path}`,
  'SITE SYMLINK': (path) => `SYMLINK ${newLink.format({ target: 'target', path })}`,
  'SITE RECEIPT': (path) => `RECEIPT ${path}`,
};

/** A client has asked for a data connection; none is made. */
const NO_ENDPOINT: DataEndpoint = {
  address: { address: '', port: 0 },
  async open() {
    throw new TrialReached('Nothing refuses it');
  },
  async [Symbol.asyncDispose]() {},
};
/** Whoever tries has asked before. */
const NOBODY: Gatekeeper = {
  welcome: () => undefined,
  admit: async () => ({ refused: 'unavailable', message: 'Nobody signs in here' }),
};
const UNHEARD = { expect() {}, commandEnded() {}, recorded: async () => true };

function replyIn(result: CommandResult): Reply {
  return 'deliver' in result ? result.reply : result;
}

/** A control connection that nobody is on. */
class NoChannel implements SessionChannel {
  readonly peer: SessionChannel['peer'];
  readonly local = { address: '', port: 0 };
  readonly tls: TlsFacts | undefined;
  readonly closed = new Promise<never>(() => {});

  constructor(address: string, tls: TlsFacts | undefined) {
    this.peer = { address, port: 0 };
    this.tls = tls;
  }

  get protection() {
    return this.tls ? 'private' : 'clear';
  }

  staysOpen = async () => true;
  secure = async () => noConnection();
  listen(): void {}
  pause(): void {}
  resume(): void {}
  async send(): Promise<void> {}
  async close(): Promise<void> {}
  destroy(): void {}
  async [Symbol.asyncDispose](): Promise<void> {}
}

function noConnection(): never {
  throw new Error('There is no connection');
}
