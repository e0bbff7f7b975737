import { mkdir, readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { clientLimitsWith } from '../../limits.ts';
import type { Client } from './client.ts';
import type { FileInfo } from './file-info.ts';

const { maxWalkDepth } = clientLimitsWith();

/** Makes each directory of a path, as far as it is missing, and goes into it. */
export async function enterMade(client: Client, path: string): Promise<void> {
  if (path.startsWith('/')) await client.cd('/');
  for (const name of path.split('/')) if (name !== '') await enterOneMade(client, name);
}

/** Does something in other directories, and goes back to where it began. */
export async function comingBack(client: Client, work: () => Promise<void>): Promise<void> {
  const start = await client.pwd();
  try {
    await work();
  } finally {
    // It may be gone: what was done counts.
    if (!client.closed) await client.cd(start).catch(() => undefined);
  }
}

/** Removes all that is in the working directory. */
export async function clear(client: Client, depth = 0): Promise<void> {
  checkDepth(depth);
  for (const file of await safeEntries(client)) {
    if (!file.isDirectory) {
      await client.remove(file.name);
      continue;
    }
    await client.cd(file.name);
    await clear(client, depth + 1);
    await client.cdup();
    await client.removeEmptyDir(file.name);
  }
}

/** Removes a directory with all that is in it; of the root only that. */
export async function removeWhole(client: Client, path: string): Promise<void> {
  await client.cd(path);
  // The path may be relative, and lead anywhere.
  const absolute = await client.pwd();
  await clear(client);
  if (absolute === '/') return;
  await client.cdup();
  await client.removeEmptyDir(absolute);
}

/** Uploads what is in a local directory to the working directory. */
export async function uploadAll(client: Client, localDirectory: string): Promise<void> {
  for (const name of await readdir(localDirectory)) {
    const path = join(localDirectory, name);
    const stats = await stat(path);
    if (stats.isFile()) await client.uploadFrom(path, name);
    if (!stats.isDirectory()) continue;
    await enterOneMade(client, name);
    await uploadAll(client, path);
    await client.cdup();
  }
}

/** Downloads files and directories of the working directory to a local one. */
export async function downloadAll(client: Client, localDirectory: string, depth = 0): Promise<void> {
  checkDepth(depth);
  await mkdir(localDirectory, { recursive: true });
  for (const file of await safeEntries(client)) {
    const path = join(localDirectory, file.name);
    if (file.isFile) await client.downloadTo(path, file.name);
    if (!file.isDirectory) continue;
    await client.cd(file.name);
    await downloadAll(client, path, depth + 1);
    await client.cdup();
  }
}

/** The server may refuse to make what is there already; whether it is there shows when we go there. */
async function enterOneMade(client: Client, name: string): Promise<void> {
  await client.sendIgnoringError(`MKD ${name}`);
  await client.cd(name);
}

/** Those whose names can mean nothing outside of their directory, here and there. */
async function safeEntries(client: Client): Promise<FileInfo[]> {
  return (await client.list()).filter(({ name }) => {
    const isSafe = isSingleName(name, sep);
    if (!isSafe) client.ftp.log(`Skipped a file with an unsafe name: ${JSON.stringify(name)}`);
    return isSafe;
  });
}

/** Windows also parts names with a backslash, takes a colon for a drive or a stream, and drops dots and spaces at the end. */
export function isSingleName(name: string, separator: string): boolean {
  if (name === '' || name === '.' || name === '..' || /[/\0\r\n]/.test(name)) return false;
  return separator !== '\\' || !(/[\\:]/.test(name) || /^[. ]+$/.test(name));
}

/** A server can make up directories without end. */
function checkDepth(depth: number): void {
  if (depth > maxWalkDepth) throw new Error(`The directories lie more than ${maxWalkDepth} deep`);
}
