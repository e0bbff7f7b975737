import {
  type Client,
  ClientError,
  type IncompleteListing,
  type RemoteEntry,
  type RemoteListOptions,
} from '../../client/index.ts';
import { baseName, parentOf } from '../../core/index.ts';
import { compileGlob, hasWildcard } from '../../protocol/index.ts';
import type { RemoteLocation } from './location.ts';
import type { RemoteRun } from './remote-run.ts';

/** Far more than anyone writes. */
const MAX_WILDCARDS = 64;

export interface MatchOptions extends Pick<RemoteListOptions, 'onIncomplete' | 'needsEnd'> {
  /** Default: any. */
  readonly isWanted?: (entry: RemoteEntry) => boolean;
}

/**
 * What the path of a location stands for: itself, or where its last name is a pattern (`*.csv`) the entries of its directory
 * that match it, by name.
 * @throws ClientError `not-found` where nothing matches; IncompleteListing where more may match, unless that is taken
 */
export async function matchesOf(
  run: RemoteRun,
  client: Client,
  location: RemoteLocation,
  options: MatchOptions = {},
): Promise<readonly string[]> {
  const pattern = patternOf(client, location);
  if (pattern === undefined) return [location.path];
  const found = await Array.fromAsync(entriesMatching(run, client, location, pattern, options));
  return found.map((entry) => entry.path).sort();
}

/** The last name of the location, where it is a pattern. */
export function patternOf(client: Client, { path, pattern = path }: RemoteLocation): string | undefined {
  const name = baseName(client.resolve(pattern));
  return hasWildcard(name) ? name : undefined;
}

/**
 * The entries of the directory of a location that match the pattern, as the server tells them. Where nothing matches it is
 * taken for a name, as shells do.
 * @throws ClientError `not-found` where there is none of that name either; IncompleteListing where that is not known
 */
export async function* entriesMatching(
  { signal }: RemoteRun,
  client: Client,
  { path }: RemoteLocation,
  pattern: string,
  { isWanted = () => true, onIncomplete, needsEnd = false }: MatchOptions = {},
): AsyncGenerator<RemoteEntry> {
  const whole = client.resolve(path);
  const isMatch = compileGlob(pattern, MAX_WILDCARDS);
  let hasMatched = false;
  let namesake: RemoteEntry | undefined;
  let incomplete: IncompleteListing | undefined;
  const options: RemoteListOptions = {
    signal,
    needsEnd,
    onIncomplete(failure) {
      incomplete = failure;
    },
  };
  for await (const entry of client.list(parentOf(whole), options)) {
    if (!isWanted(entry)) continue;
    if (isMatch(entry.name)) {
      hasMatched = true;
      yield entry;
    } else if (entry.path === whole) namesake = entry;
  }
  if (incomplete && (!onIncomplete || !(hasMatched || namesake))) throw incomplete;
  if (incomplete) onIncomplete?.(incomplete);
  if (hasMatched) return;
  if (!namesake) throw new ClientError('not-found', `Nothing matches ${pattern}`, { phase: 'command' });
  yield namesake;
}

/** The same for a verb that works on files: a pattern does not stand for directories. */
export function filesOf(
  run: RemoteRun,
  client: Client,
  location: RemoteLocation,
  options: Pick<MatchOptions, 'onIncomplete'> = {},
): Promise<readonly string[]> {
  return matchesOf(run, client, location, { ...options, isWanted: ({ kind }) => kind !== 'directory' });
}
