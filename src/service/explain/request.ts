import { printable, ROOT, resolvePath, StorageError, type VirtualPath } from '../../core/index.ts';
import { type ListeningAddress, type TrialCommand, trialCommand } from '../../server/index.ts';
import { type Configuration, listenersOf } from '../configuration/index.ts';
import type { ExplainedListener, ExplainRequest } from './explanation.ts';

/** A request that means nothing. The message says what is wrong. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError';
}

export interface NamedCommand {
  readonly words: readonly string[];
  /** As a client would send it. */
  readonly path: string;
  /** Whether a file may get a new name or new content by it. */
  readonly givesName: boolean;
  /** What it sends for that. */
  readonly sent: readonly TrialCommand[];
}

const NAMING = ['STOR', 'APPE', 'STOU', 'RNTO'];
/** What signs in, and does no more. */
const LOGINS = ['LOGIN', 'USER', 'PASS'];

/** The command on its path; undefined where the login alone is asked about. @throws ExplainError */
export function commandOf({ command = [], path, renamedFrom }: ExplainRequest): NamedCommand | undefined {
  const words = command.map((word) => word.toUpperCase());
  const name = printable(words.join(' '));
  if (words.length === 0 || LOGINS.includes(name)) return undefined;
  const sent = trialCommand(words, path ?? '');
  if (!sent)
    throw new ExplainError(
      `${name} is no FTP command that leads to a file. Name one, such as STOR, RETR, LIST, DELE or MKD`,
    );
  if (path === undefined) throw new ExplainError(`${name}: on which path?`);
  const givesName = NAMING.includes(name);
  if (name !== 'RNTO') return { words, path, givesName, sent: [sent] };
  if (renamedFrom === undefined) throw new ExplainError('RNTO: what is renamed? Name it by --rename-from');
  return { words, path, givesName, sent: [{ verb: 'RNFR', argument: renamedFrom }, sent] };
}

/** The path that a client means, in the directory in which it begins; undefined for none that there can be. */
export function pathIn(path: string): VirtualPath | undefined {
  try {
    return resolvePath(ROOT, path);
  } catch (error) {
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}

/** @param open the listeners that are open, in the order of the configuration @throws ExplainError */
export function listenerOf(
  configuration: Configuration,
  open: readonly ListeningAddress[],
  port: number | undefined,
): ExplainedListener {
  const listeners = listenersOf(configuration).map(({ key, mode, port: configured }, index) => ({
    key,
    mode,
    index,
    port: open[index]?.port ?? configured,
  }));
  const listener = port === undefined ? listeners[0] : listeners.find((each) => each.port === port);
  if (listener) return listener;
  throw new ExplainError(port === undefined ? 'There is no listener' : `There is no listener at port ${port}`);
}
