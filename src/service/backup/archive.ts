import { createHash } from 'node:crypto';
import { accessSync, constants, createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TarPackController } from 'modern-tar';
import { copyDatabase } from '../../database/index.ts';
import { auditPaths } from '../../operations/index.ts';
import { operatorFiles } from '../certificates-in-use.ts';
import type { LoadedConfiguration } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';
import { mayNotBeRead, StartError } from '../start-error.ts';
import { systemCode } from '../system-error.ts';
import { BackupError } from './backup-error.ts';
import { type BackupLock, encrypted } from './encryption.ts';
import {
  BACKUP_FORMAT,
  type BackedUpFile,
  type BackupManifest,
  CONFIGURATION,
  DATA,
  DATABASE,
  isEntry,
  MANIFEST,
  operatorEntry,
  SIGNED,
} from './manifest.ts';

/** A file on its way into the archive. */
interface Source {
  readonly name: string;
  readonly file: string;
  readonly from?: string;
}

/** A backup on its way out. Whoever reads decides how fast files are read: what waits in between is bounded. */
export interface Archive {
  readonly bytes: ReadableStream<Uint8Array>;
  /** Whole once `packed` has resolved. */
  readonly manifest: BackupManifest;
  /** Rejects where something could not be read; the bytes break off then. */
  readonly packed: Promise<void>;
}

/** What a backup says of where it comes from. */
export type BackedUp = Pick<LoadedConfiguration, 'configuration'> & { readonly file?: string | undefined };

/**
 * The backup of a server, which may run, encrypted: accounts and bans as of one moment, keys, the configuration and what it
 * names, and what proves the audit trail. The files of the accounts and the records of the trail are no part of it.
 * @param work an empty directory for the copy of the database, until all is read
 * @param version of Lockport
 * @throws BackupError, StartError
 */
export async function archiveOf(
  { configuration, file }: BackedUp,
  work: string,
  lock: BackupLock,
  version: string,
): Promise<Archive> {
  const { dataDir } = configuration;
  const database = path.join(work, DATABASE);
  copyExisting(pathsIn(dataDir).database, database, dataDir);
  const sources = [
    { name: DATABASE, file: database },
    ...(await filesBelow(dataDir, 'tls')),
    ...(await auditFiles(dataDir)),
    ...(await filesBelow(dataDir, 'rules')).filter(({ name }) => name.endsWith('.dead.jsonl')),
    ...(file === undefined ? [] : [{ name: `${CONFIGURATION}lockport.yaml`, file, from: path.resolve(file) }]),
    ...operatorFiles(configuration).map((from, index) => ({
      name: operatorEntry(index, path.basename(from)),
      file: from,
      from: path.resolve(from),
    })),
  ];
  const { createTarPacker } = await import('modern-tar');
  const { readable, controller } = createTarPacker();
  const files: BackedUpFile[] = [];
  const manifest = { format: BACKUP_FORMAT, version, createdAt: new Date().toISOString(), dataDir, files };
  const bytes = await encrypted(readable.pipeThrough(new CompressionStream('gzip')), lock);
  return { bytes, manifest, packed: pack(controller, sources, manifest) };
}

/** Why, in one word where the system has one. */
export function reasonOf(error: unknown): string {
  return systemCode(error) ?? (error instanceof Error ? error.message : String(error));
}

/** Puts all into the archive, one after another, and what is said of them last. A failure breaks the archive off. */
async function pack(packer: TarPackController, sources: readonly Source[], manifest: BackupManifest): Promise<void> {
  try {
    for (const source of sources) manifest.files.push(await add(packer, source));
    const text = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
    const writer = packer.add({ name: MANIFEST, size: text.length, mode: 0o600 }).getWriter();
    await writer.write(text);
    await writer.close();
    packer.finalize();
  } catch (error) {
    packer.error(error);
    throw error;
  }
}

async function add(packer: TarPackController, { name, file, from }: Source): Promise<BackedUpFile> {
  if (!isEntry(name)) throw new BackupError(`${file} has a name that no backup can hold`);
  const size = await sizeOf(file);
  const hash = createHash('sha256');
  const writer = packer.add({ name, size, mode: 0o600 }).getWriter();
  // No more than was announced, should it grow meanwhile.
  if (size > 0) {
    for await (const bytes of createReadStream(file, { end: size - 1 }) as AsyncIterable<Uint8Array>) {
      hash.update(bytes);
      await writer.write(bytes);
    }
  }
  await writer.close();
  return { name, size, sha256: hash.digest('hex'), ...(from !== undefined && { from }) };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    const message = systemCode(error) === 'EACCES' ? mayNotBeRead(file) : `Can't read ${file}: ${reasonOf(error)}`;
    throw new StartError(message, { cause: error });
  }
}

async function filesBelow(dataDir: string, directory: string): Promise<readonly Source[]> {
  const place = path.join(dataDir, directory);
  const entries = await readdir(place, { withFileTypes: true }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw new StartError(mayNotBeRead(place), { cause: error });
  });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ name: `${DATA}${directory}/${name}`, file: path.join(place, name) }));
}

/** The key goes on at the restored server. Heads and statements of keys are kept apart, for its trail begins anew. */
async function auditFiles(dataDir: string): Promise<readonly Source[]> {
  const { directory, heads, keys, key } = auditPaths(pathsIn(dataDir).audit);
  const found = await filesBelow(dataDir, path.basename(directory));
  // In this order: no head without the statement of its key.
  return [heads, keys, key].flatMap((file) => {
    const source = found.find((each) => each.file === file);
    if (!source) return [];
    return [file === key ? source : { name: `${DATA}${SIGNED}${path.basename(file)}`, file }];
  });
}

function copyExisting(database: string, target: string, dataDir: string): void {
  try {
    // What SQLite says of a file that it may not open names neither it nor why.
    accessSync(database, constants.R_OK);
    copyDatabase(database, target);
  } catch (cause) {
    throw new StartError(whyNoDatabase(cause, database, dataDir), { cause });
  }
}

function whyNoDatabase(error: unknown, database: string, dataDir: string): string {
  const code = systemCode(error);
  if (code === 'EACCES') return mayNotBeRead(database);
  if (code === 'ENOENT') return `There is no database of Lockport in ${dataDir}: name the right place by --data-dir`;
  const why = code === 'ERR_SQLITE_ERROR' && error instanceof Error ? error.message : reasonOf(error);
  return `The database ${database} can't be read: ${why}`;
}
