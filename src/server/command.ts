import type { VirtualPath } from '../core/index.ts';
import { type Reply, type Syntax, text } from '../protocol/index.ts';
import type { CommandFacts } from './command-facts.ts';
import type { Session } from './session.ts';
import type { UserSession } from './user-session.ts';

/** The completion reply. A command that must tie it to a next step (a handshake, the end) delivers it itself. */
export type CommandResult = Reply | { readonly reply: Reply; readonly deliver: (bytes: Buffer) => Promise<unknown> };

type Completion = CommandResult | Promise<CommandResult>;

/** A row of the command table. A command that may run before the login gets no `UserSession`, so it cannot reach a storage. */
export type CommandDefinition = CommandFacts &
  (
    | { readonly access: 'anyone'; readonly run: (session: Session, argument: string) => Completion }
    | { readonly access: 'user'; readonly run: (user: UserSession, argument: string) => Completion }
  );

export type CommandTable = ReadonlyMap<string, CommandDefinition>;

/** A command that may run at any time. */
export function anyone<Args>(
  spec: CommandFacts & { readonly syntax: Syntax<Args>; readonly run: (session: Session, args: Args) => Completion },
): CommandDefinition {
  const { syntax, run, ...facts } = spec;
  return { ...facts, access: 'anyone', run: (session, argument) => run(session, syntax.parse(argument)) };
}

/** A command for those who have signed in. */
export function forUser<Args>(
  spec: CommandFacts & { readonly syntax: Syntax<Args>; readonly run: (user: UserSession, args: Args) => Completion },
): CommandDefinition {
  const { syntax, run, ...facts } = spec;
  return { ...facts, access: 'user', run: (user, argument) => run(user, syntax.parse(argument)) };
}

/** A command whose whole argument is the path of a file. */
export function onFile(
  spec: CommandFacts & { readonly run: (user: UserSession, path: VirtualPath) => Completion },
): CommandDefinition {
  const { run } = spec;
  return forUser({ ...spec, syntax: text, run: (user, path) => run(user, user.resolveFile(path)) });
}

/** A command whose whole argument is one path. */
export function onPath(
  spec: CommandFacts & { readonly run: (user: UserSession, path: VirtualPath) => Completion },
): CommandDefinition {
  const { run } = spec;
  return forUser({ ...spec, syntax: text, run: (user, path) => run(user, user.resolve(path)) });
}
