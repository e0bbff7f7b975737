import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import process from 'node:process';
import { promisify } from 'node:util';
import type { ConfiguredEncryptedStorage, KeySource } from './configuration/index.ts';
import { mayNotBeRead, StartError } from './start-error.ts';
import { systemCode } from './system-error.ts';

const KEY_BYTES = 32;
/** More than any form of a key has. */
const MAX_TEXT_BYTES = 4096;
/** Time for a program that gives a key: it may ask another machine. */
const COMMAND_TIMEOUT_MS = 30_000;

/** The keys of an encrypted storage, in base64: the primary process gives them to its workers. */
export interface StorageKeys {
  readonly keys: readonly string[];
  readonly namesKey?: string;
}

/** Reads the keys of a storage. @throws StartError */
export async function readStorageKeys(
  name: string,
  { keys, namesKey }: ConfiguredEncryptedStorage,
): Promise<StorageKeys> {
  const read = [];
  for (const source of keys) read.push(await readKey(name, source));
  if (new Set(read).size < read.length) throw new StartError(`The storage ${name} has one key twice: take one away`);
  return { keys: read, ...(namesKey && { namesKey: await readKey(name, namesKey) }) };
}

async function readKey(storage: string, source: KeySource): Promise<string> {
  const where = placeOf(source);
  const key = keyIn(await textOf(source, where));
  if (key !== undefined) return key.toString('base64');
  throw new StartError(
    `The ${where} holds no key of ${KEY_BYTES} bytes for the storage ${storage}: "openssl rand -hex ${KEY_BYTES}" prints a new one`,
  );
}

/** What holds the key, as its sentences name it; never the key. */
function placeOf({ file, environment, command }: KeySource): string {
  if (file !== undefined) return `file ${file}`;
  return environment === undefined ? `output of ${command?.[0]}` : `environment variable ${environment}`;
}

async function textOf({ file, environment, command = [] }: KeySource, where: string): Promise<Buffer> {
  if (file !== undefined) return fileText(file);
  if (environment !== undefined) return Buffer.from(process.env[environment] ?? '');
  const [program = '', ...args] = command;
  try {
    const options = { timeout: COMMAND_TIMEOUT_MS, maxBuffer: MAX_TEXT_BYTES, encoding: 'buffer' } as const;
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    // What the program has printed may hold the key.
    const code = error instanceof Error && 'code' in error ? `: ${String(error.code)}` : '';
    throw new StartError(`The ${where} could not be had${code}: run the program by hand to see why`);
  }
}

async function fileText(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file, 'r');
    const { mode } = await handle.stat();
    if (process.platform !== 'win32' && (mode & 0o007) !== 0) {
      throw new StartError(`The key file ${file} can be read by every user of this machine: chmod o-rwx closes it`);
    }
    const text = Buffer.alloc(MAX_TEXT_BYTES);
    const { bytesRead } = await handle.read(text, 0, text.length, 0);
    return text.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const code = systemCode(error);
    if (code === 'EACCES') throw new StartError(mayNotBeRead(file));
    if (code) throw new StartError(`The key file ${file} could not be read (${code})`);
    throw error;
  }
}

/** The bytes of a key, from 32 of them, or from their text in hexadecimal digits or base64. */
function keyIn(bytes: Buffer): Buffer | undefined {
  if (bytes.length === KEY_BYTES) return bytes;
  const text = bytes.toString('latin1').trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
