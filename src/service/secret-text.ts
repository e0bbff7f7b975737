import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import process from 'node:process';
import { promisify } from 'node:util';
import type { SecretSource } from './configuration/index.ts';
import { mayNotBeRead, StartError } from './start-error.ts';
import { systemCode } from './system-error.ts';

/** More than a key, a password or a private key has. */
const MAX_TEXT_BYTES = 16_384;
/** Time for a program that gives a secret: it may ask another machine. */
const COMMAND_TIMEOUT_MS = 30_000;

/** What holds a secret, as sentences name it; never the secret. */
export function placeOf({ file, environment, command }: SecretSource): string {
  if (file !== undefined) return `file ${file}`;
  return environment === undefined ? `output of ${command?.[0]}` : `environment variable ${environment}`;
}

/** The text of a secret, as it lies there. @throws StartError */
export async function secretText(source: SecretSource): Promise<Buffer> {
  const { file, environment, command = [] } = source;
  if (file !== undefined) return fileText(file);
  if (environment !== undefined) return Buffer.from(process.env[environment] ?? '');
  const [program = '', ...args] = command;
  try {
    const options = { timeout: COMMAND_TIMEOUT_MS, maxBuffer: MAX_TEXT_BYTES, encoding: 'buffer' } as const;
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    // What the program has printed may hold the secret.
    const code = error instanceof Error && 'code' in error ? `: ${String(error.code)}` : '';
    throw new StartError(`The ${placeOf(source)} could not be had${code}: run the program by hand to see why`);
  }
}

async function fileText(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file, 'r');
    const { mode } = await handle.stat();
    if (process.platform !== 'win32' && (mode & 0o007) !== 0) {
      throw new StartError(`The file ${file} can be read by every user of this machine: chmod o-rwx closes it`);
    }
    const text = Buffer.alloc(MAX_TEXT_BYTES);
    const { bytesRead } = await handle.read(text, 0, text.length, 0);
    return text.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const code = systemCode(error);
    if (code === 'EACCES') throw new StartError(mayNotBeRead(file));
    if (code) throw new StartError(`The file ${file} could not be read (${code})`);
    throw error;
  }
}
