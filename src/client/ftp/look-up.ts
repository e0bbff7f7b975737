import type { VirtualPath } from '../../core/index.ts';
import { parseSizeReply, parseTimeReply, type Reply } from '../../protocol/index.ts';
import type { Command, ControlConnection } from '../connection/connection.ts';
import type { RemoteFile } from '../connection/remote-file.ts';
import { setType } from '../connection/set-type.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { canAskAhead, EPSV } from '../transfer/data-channel.ts';

/** Asks for what is known of a file; nothing of it need be. */
export async function lookUp(
  { connection, features }: SignedIn,
  path: VirtualPath,
  isTimeWanted: (size: number | undefined) => boolean,
  signal: AbortSignal | undefined,
): Promise<RemoteFile> {
  const size = mayHave(features, 'SIZE') ? await sizeOf(connection, path, signal) : undefined;
  const modified = isTimeWanted(size) && mayHave(features, 'MDTM') ? await timeOf(connection, path, signal) : undefined;
  return { size, modified };
}

/** What tells of a file, as commands of which none depends on the answer to another. */
export interface FileQuestions {
  readonly commands: readonly Command[];
  readonly read: (replies: readonly Reply[]) => RemoteFile;
}

/** For a connection in TYPE I: see `sizeOf`. */
export function questionsAbout(
  features: SignedIn['features'],
  path: VirtualPath,
  isTimeWanted: boolean,
): FileQuestions {
  const verbs = ['SIZE', ...(isTimeWanted ? ['MDTM'] : [])].filter((verb) => mayHave(features, verb));
  return {
    commands: verbs.map((verb) => [verb, path] as const),
    read(replies) {
      const [size, time] = ['SIZE', 'MDTM'].map((verb) => replies[verbs.indexOf(verb)]);
      return { size: size && parseSizeReply(size), modified: time && parseTimeReply(time) };
    },
  };
}

/** The same for a file that is downloaded next: what the transfer begins with is asked together with it. */
export async function lookUpForDownload(
  signedIn: SignedIn,
  path: VirtualPath,
  isTimeWanted: (size: number | undefined) => boolean,
  signal: AbortSignal | undefined,
): Promise<RemoteFile> {
  const { connection, features } = signedIn;
  if (!canAskAhead(connection)) return lookUp(signedIn, path, isTimeWanted, signal);
  // As in `sizeOf`.
  await setType(connection, 'I', signal);
  const isTimeAsked = isTimeWanted(0);
  const { commands, read } = questionsAbout(features, path, isTimeAsked);
  const replies = await connection.requestAll([...commands, EPSV], { signal });
  connection.passiveAhead.keep(replies.at(-1));
  const file = read(replies);
  if (isTimeAsked || !isTimeWanted(file.size) || !mayHave(features, 'MDTM')) return file;
  return { ...file, modified: await timeOf(connection, path, signal) };
}

/** Whether transfers may begin at a byte (RFC 3659 section 5). */
export function canRestart(features: SignedIn['features']): boolean {
  return features.size === 0 || features.get('REST')?.toUpperCase().includes('STREAM') === true;
}

/** A server without FEAT is asked all the same. */
function mayHave(features: SignedIn['features'], verb: string): boolean {
  return features.size === 0 || features.has(verb);
}

/** Bytes on the wire differ from bytes of the file where lines are converted, so it is asked in TYPE I. */
async function sizeOf(
  connection: ControlConnection,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  await setType(connection, 'I', signal);
  return parseSizeReply(await connection.request('SIZE', path, { signal, accept: isNoAnswer }));
}

async function timeOf(
  connection: ControlConnection,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<Date | undefined> {
  return parseTimeReply(await connection.request('MDTM', path, { signal, accept: isNoAnswer }));
}

/** A refusal to answer is no failure: the transfer itself will tell what is wrong. */
function isNoAnswer(code: number): boolean {
  return code !== 421;
}
