import type { Storage, VirtualPath } from '../core/index.ts';
import { type Reply, type Syntax, text } from '../protocol/index.ts';
import type { Member } from './member.ts';
import type { Session } from './session.ts';

/** What a member may have begun and not finished: forgotten by every command that does not say that it keeps it. */
export type Pending = 'rename' | 'restart' | 'range';

/** What the command table says of a verb. HELP, FEAT, the gates of dispatch and the protocol page derive from it. */
export interface CommandFacts {
  readonly verb: string;
  /** Other verbs with the same meaning, such as the X-forms of RFC 775. */
  readonly aliases?: readonly string[];
  /** Where the command is defined. */
  readonly rfc: string;
  /** The verb with its arguments, as HELP shows it. */
  readonly usage: string;
  readonly summary: string;
  /** Carries a name or a password: refused in clear unless the configuration allows it. */
  readonly carriesLogin?: true;
  /** The argument never reaches a log. */
  readonly secret?: true;
  /** Opens a data connection: the protection level is checked before it runs. */
  readonly opensData?: true;
  /**
   * When it arrives while another command runs: `answered` at once, `aborts` ends the running one and comes next.
   * Absent: it waits its turn.
   */
  readonly meanwhile?: 'answered' | 'aborts';
  readonly keeps?: readonly Pending[];
  /** A method that the storage must have. */
  readonly needs?: keyof Storage;
  /** Lines of the FEAT reply that exist because of this command (RFC 2389 section 3). */
  features?(session: Session): readonly string[];
}

/** One completion. Where sending it is tied to what comes next (a handshake, the end), the command delivers it itself. */
export type Outcome = Reply | { readonly reply: Reply; readonly deliver: (bytes: Buffer) => Promise<unknown> };

type Completion = Outcome | Promise<Outcome>;

/** A row of the command table. What runs before signing in is handed no `Member`, and so reaches no storage. */
export type Command = CommandFacts &
  (
    | { readonly access: 'anyone'; readonly run: (session: Session, argument: string) => Completion }
    | { readonly access: 'member'; readonly run: (member: Member, argument: string) => Completion }
  );

export type CommandTable = ReadonlyMap<string, Command>;

/** A command that may run at any time. */
export function anyone<Args>(
  spec: CommandFacts & { readonly syntax: Syntax<Args>; readonly run: (session: Session, args: Args) => Completion },
): Command {
  const { syntax, run, ...facts } = spec;
  return { ...facts, access: 'anyone', run: (session, argument) => run(session, syntax.parse(argument)) };
}

/** A command for those who have signed in. */
export function forMember<Args>(
  spec: CommandFacts & { readonly syntax: Syntax<Args>; readonly run: (member: Member, args: Args) => Completion },
): Command {
  const { syntax, run, ...facts } = spec;
  return { ...facts, access: 'member', run: (member, argument) => run(member, syntax.parse(argument)) };
}

/** A command whose whole argument is the path of a file. */
export function onFile(
  spec: CommandFacts & { readonly run: (member: Member, path: VirtualPath) => Completion },
): Command {
  const { run } = spec;
  return forMember({ ...spec, syntax: text, run: (member, path) => run(member, member.resolveFile(path)) });
}

/** A command whose whole argument is one path. */
export function onPath(
  spec: CommandFacts & { readonly run: (member: Member, path: VirtualPath) => Completion },
): Command {
  const { run } = spec;
  return forMember({ ...spec, syntax: text, run: (member, path) => run(member, member.resolve(path)) });
}
