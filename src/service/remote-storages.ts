import { readFile } from 'node:fs/promises';
import { background, type Publish, type Storage } from '../core/index.ts';
import { refusingLinks } from '../files/index.ts';
import type { ConfiguredRemoteStorage, SecretSource } from './configuration/index.ts';
import { placeOf, secretText } from './secret-text.ts';
import { StartError } from './start-error.ts';
import { systemCode } from './system-error.ts';

const DEFAULT_LISTING_CACHE_MS = 3000;

/** What signs in to a remote storage and makes it trusted, as text: the primary process gives it to its workers. */
export interface RemoteSecrets {
  readonly password?: string;
  readonly privateKey?: string;
  readonly passphrase?: string;
  /** PEM. */
  readonly authorities: readonly string[];
}

/** A directory of another server, which need not be there. */
export interface RemoteStorage extends AsyncDisposable {
  readonly storage: Storage;
  /** Looks at the server in the background, so that what it can is known. */
  begin(): void;
}

/** Reads what signs in to a remote storage. @throws StartError */
export async function readRemoteSecrets(
  name: string,
  { password, privateKey, passphrase, authorities }: ConfiguredRemoteStorage,
): Promise<RemoteSecrets> {
  return {
    ...(password && { password: await readLine(name, password) }),
    ...(privateKey && { privateKey: (await secretText(privateKey)).toString() }),
    ...(passphrase && { passphrase: await readLine(name, passphrase) }),
    authorities: await Promise.all(authorities.map((file) => readAuthorities(name, file))),
  };
}

/** The client is loaded where there is such a storage, and nowhere else. */
export async function openRemote(
  name: string,
  configured: ConfiguredRemoteStorage,
  secrets: RemoteSecrets,
  log: Publish,
): Promise<RemoteStorage> {
  const { ListingCache, parseTarget, RemoteServer } = await import('../client/index.ts');
  const { url, pins, allowClear, connections, listingCache = DEFAULT_LISTING_CACHE_MS } = configured;
  const { path: directory, ...target } = parseTarget(url);
  const { password, privateKey, passphrase, authorities } = secrets;
  const isSsh = target.security === 'ssh';
  const tls = { ...(pins.length > 0 && { pins }), ...(authorities.length > 0 && { ca: authorities }) };
  const keys = privateKey === undefined ? [] : [{ key: privateKey, ...(passphrase !== undefined && { passphrase }) }];
  const server = new RemoteServer({
    ...target,
    directory,
    allowClear,
    ...(password !== undefined && { password }),
    ...(connections !== undefined && { connections }),
    ...(isSsh ? { ssh: { hostKeys: pins, keys } } : { tls }),
    onAway: (error) =>
      log({
        event: 'warning',
        message: `The server of the storage ${name} can not be reached: whoever mounts it is told to try again later`,
        ...(error instanceof Error && { error }),
      }),
    onBack: () => log({ event: 'notice', message: `The server of the storage ${name} can be reached again` }),
  });
  const cache = new ListingCache({ keepMs: listingCache, looksByListing: !isSsh });
  return {
    storage: liveStorage(() => refusingLinks(cache.over(server.storage()))),
    begin: () => background(server.check(), () => undefined),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A storage whose optional methods come with what is learned of it: each look at it sees what `now` gives. */
function liveStorage(now: () => Storage): Storage {
  return new Proxy(now(), { get: (_, name): unknown => Reflect.get(now(), name) });
}

async function readLine(name: string, source: SecretSource): Promise<string> {
  const line = (await secretText(source)).toString().replace(/\r?\n$/, '');
  if (line !== '' && !/[\r\n\0]/.test(line)) return line;
  throw new StartError(`The ${placeOf(source)} holds no single line of text for the storage ${name}`);
}

async function readAuthorities(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = systemCode(error) ?? String(error);
    throw new StartError(`The authorities ${file} of the storage ${name} could not be read (${why})`);
  }
}
