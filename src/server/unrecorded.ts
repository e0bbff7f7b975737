import { StorageError } from '../core/index.ts';
import { type ItemResult, type Reply, reply } from '../protocol/index.ts';
import type { CommandDefinition, CommandResult } from './command.ts';
import type { Session } from './session.ts';
import type { UserSession } from './user-session.ts';

const NOT_NOW = 'Not now: operations can not be recorded at the moment';

const NOT_RECORDED = 'The record of this operation could not be written: look what was done';

/** What answers a command while nothing can be recorded; undefined for one that neither signs in nor works on files. */
export function refusalWithoutRecords(session: Session, command: CommandDefinition): CommandResult | undefined {
  if (command.carriesLogin) {
    session.closeReason ??= 'nothing can be recorded';
    return { reply: reply(421, NOT_NOW), deliver: (bytes) => session.channel.close(bytes) };
  }
  return command.access === 'user' ? reply(450, NOT_NOW) : undefined;
}

/** Answers in place of a reply whose operation was carried out, or may have been, and could not be recorded. */
export async function answerUnrecorded(session: Session, command: CommandDefinition): Promise<void> {
  if (command.carriesLogin) await session.close(421, NOT_NOW, 'nothing can be recorded');
  else await session.send(reply(451, NOT_RECORDED));
}

/** Waits until all that was published of the session is recorded, where it must be. @throws StorageError `busy` where it can't be */
export async function requireRecord({ session }: UserSession): Promise<void> {
  if (session.settings.records && !(await session.isRecorded())) throw new StorageError('busy', NOT_NOW);
}

/** What answers one file of a bundle while nothing can be recorded: its command was let in before. */
export function itemRefusalWithoutRecords({ session }: UserSession): Reply | undefined {
  return session.settings.records?.trouble === undefined ? undefined : reply(450, NOT_NOW);
}

/** The result of a file of a bundle, once it is recorded; or that it could not be. Nothing is begun while nothing can be recorded. */
export async function withRecord(user: UserSession, work: () => Promise<ItemResult>): Promise<ItemResult> {
  const refusal = itemRefusalWithoutRecords(user);
  if (refusal) return { reply: refusal };
  const settled = await work();
  const { session } = user;
  if (!session.settings.records || (await session.isRecorded())) return settled;
  return { reply: reply(451, NOT_RECORDED) };
}
