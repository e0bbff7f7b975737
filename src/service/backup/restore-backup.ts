import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, lchownSync, mkdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkDatabase } from '../../database/index.ts';
import { lockDataDirectory, makeDirectory, pathsIn } from '../data-directory.ts';
import { BackupError } from './backup-error.ts';
import { type BackupKey, decrypted } from './encryption.ts';
import { type BackupManifest, CONFIGURATION, DATA, DATABASE, isEntry, MANIFEST, readManifest } from './manifest.ts';

/** Far more than any backup has. */
const MAX_FILES = 10_000;
/** Where the configuration, and the files that it names, come to lie in the data directory. */
const RESTORED = 'restored-configuration';
/** Far more than the manifest of so many files has. */
const MAX_MANIFEST_BYTES = 33_554_432;

export interface RestoredBackup {
  readonly manifest: BackupManifest;
  /** Holds what the operator has made: the configuration and its certificates. Undefined where there was none. */
  readonly configuration: string | undefined;
}

/**
 * Brings a backup back into a data directory that is empty or missing. All of it is read and compared before anything gets
 * its place, the database last. As root, its owner becomes that of the directory.
 * @throws BackupError, StartError, DatabaseError; then the directory is as it was
 */
export async function restoreBackup(file: string, dataDir: string, key: BackupKey): Promise<RestoredBackup> {
  const isMade = makeDirectory(dataDir, 0o700);
  try {
    await refuseUsed(dataDir);
    const { uid, gid } = await stat(dataDir);
    const work = await mkdtemp(path.join(dataDir, '.restoring-'));
    try {
      const manifest = await unpack(file, work, key);
      checkDatabase(path.join(work, DATABASE));
      const configuration = await publish(work, dataDir, { uid, gid });
      return { manifest, configuration };
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  } catch (error) {
    if (isMade) await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}

/** A server that runs on it would not see its files change. */
async function refuseUsed(dataDir: string): Promise<void> {
  const names = await readdir(dataDir);
  if (names.length === 0) return;
  if (names.includes(path.basename(pathsIn(dataDir).lock))) lockDataDirectory(dataDir)[Symbol.dispose]();
  throw new BackupError(`${dataDir} is not empty: move it away, or name another --data-dir`);
}

/** Unpacks it, and compares every byte with what the backup says of itself. */
async function unpack(file: string, work: string, key: BackupKey): Promise<BackupManifest> {
  const { createTarDecoder } = await import('modern-tar');
  const found = new Map<string, string>();
  try {
    const plain = (await decrypted(streamOf(file), key)).pipeThrough(new DecompressionStream('gzip'));
    for await (const { header, body } of plain.pipeThrough(createTarDecoder({ strict: true }))) {
      if (!isEntry(header.name) || header.type !== 'file' || found.has(header.name) || found.size >= MAX_FILES) {
        throw new BackupError(`The backup has an entry that no backup has: ${JSON.stringify(header.name)}`);
      }
      found.set(header.name, await write(path.join(work, header.name), body));
    }
  } catch (cause) {
    if (cause instanceof BackupError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BackupError(`The backup can't be read to its end, so nothing was restored: ${reason}`, { cause });
  }
  const manifest = await manifestIn(work, found);
  for (const { name, sha256 } of manifest.files) {
    if (found.get(name) !== sha256) throw new BackupError(`${name} in the backup is not what its manifest says`);
  }
  if (manifest.files.length !== found.size - 1) throw new BackupError('The backup has files that its manifest lacks');
  return manifest;
}

async function manifestIn(work: string, found: ReadonlyMap<string, string>): Promise<BackupManifest> {
  if (!found.has(MANIFEST) || !found.has(DATABASE)) throw new BackupError('The file is no backup of Lockport');
  const file = path.join(work, MANIFEST);
  if ((await stat(file)).size > MAX_MANIFEST_BYTES) throw new BackupError('The manifest is too long');
  try {
    return readManifest(await readFile(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BackupError(`The backup can't be restored: ${reason}`, { cause });
  }
}

/** Gives the SHA-256 of what was written. */
async function write(file: string, body: ReadableStream<Uint8Array>): Promise<string> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  const counted = new Transform({
    transform(bytes: Uint8Array, _encoding, done) {
      hash.update(bytes);
      done(null, bytes);
    },
  });
  await pipeline(Readable.fromWeb(body), counted, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }));
  return hash.digest('hex');
}

/** Gives each file its place. Without the database, the directory is none that a server would take for its own. */
async function publish(
  work: string,
  dataDir: string,
  owner: { readonly uid: number; readonly gid: number },
): Promise<string | undefined> {
  await giveTo(work, owner);
  for (const name of await namesIn(path.join(work, DATA))) {
    await rename(path.join(work, DATA, name), path.join(dataDir, name));
  }
  const configuration = path.join(dataDir, RESTORED);
  const hasOne = (await namesIn(path.join(work, CONFIGURATION))).length > 0;
  if (hasOne) await rename(path.join(work, CONFIGURATION), configuration);
  await rename(path.join(work, DATABASE), pathsIn(dataDir).database);
  return hasOne ? configuration : undefined;
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => []);
}

async function giveTo(directory: string, { uid, gid }: { readonly uid: number; readonly gid: number }): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  lchownSync(directory, uid, gid);
  for (const name of await readdir(directory, { recursive: true })) lchownSync(path.join(directory, name), uid, gid);
}

function streamOf(file: string): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
}
