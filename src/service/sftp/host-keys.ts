import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import {
  type HostKeyIdentity,
  type HostKeyKind,
  identifyHostKey,
  MissingSshError,
  makeHostKey,
} from '../../sftp/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';
import { StartError } from '../start-error.ts';
import { systemCode } from '../system-error.ts';

/** A host key, and the file that it lies in. */
export interface HostKeyInUse extends HostKeyIdentity {
  readonly file: string;
}

/** The private keys that the configuration names; what there is not yet is made. @throws StartError */
export async function ensureHostKeys({
  dataDir,
  sftp,
}: Pick<Configuration, 'dataDir' | 'sftp'>): Promise<readonly string[]> {
  const directory = pathsIn(dataDir).ssh;
  const keys: string[] = [];
  for (const kind of new Set(sftp.hostKeys)) keys.push(await ensureHostKey(directory, kind));
  return keys;
}

/**
 * What clients know the server by.
 * @throws StartError where the keys are not made yet, or this user may not read them
 */
export async function describeHostKeys(
  { dataDir, sftp }: Pick<Configuration, 'dataDir' | 'sftp'>,
  howToServe: string,
): Promise<readonly HostKeyInUse[]> {
  const files = sftp.hostKeys.map((kind) => fileOf(pathsIn(dataDir).ssh, kind));
  return Promise.all(
    files.map(async (file) => {
      const key = await existing(file);
      if (key === undefined)
        throw new StartError(`There is no host key ${file} yet: start "${howToServe} --sftp-port 2022" once`);
      return { file, ...(await readable(file, () => identifyHostKey(key))) };
    }),
  );
}

/** What clients know these keys by. @throws StartError */
export function identifyHostKeys(keys: readonly string[]): Promise<readonly HostKeyIdentity[]> {
  return Promise.all(keys.map((key) => readable('A host key', () => identifyHostKey(key))));
}

async function ensureHostKey(directory: string, kind: HostKeyKind): Promise<string> {
  const file = fileOf(directory, kind);
  const found = await existing(file);
  if (found !== undefined) {
    await readable(file, () => identifyHostKey(found));
    return found;
  }
  const made = await readable(file, () => makeHostKey(kind));
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeWhole(file, made);
  return made;
}

/** Where the key of a kind lies that is in use. */
export function fileOf(directory: string, kind: HostKeyKind): string {
  return path.join(directory, `host_${kind}`);
}

/** @throws StartError where it is there and can't be read */
export async function existing(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return undefined;
    throw new StartError(`The host key ${file} can't be read (${code ?? String(error)})`, { cause: error });
  }
}

/** @throws StartError which names the file */
export async function readable<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof MissingSshError) throw new StartError(cause.message, { cause });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`${file}: is no private key of SSH without a passphrase (${why})`, { cause });
  }
}

/** Under its name there is never a part of the file, and never for a moment a key that others can read. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await using handle = await open(temporary, 'w', 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await rename(temporary, file);
}
