import { mkdir, readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { namesEntry } from '../../core/index.ts';
import type { FileInfo } from './file-info.ts';
import type { FTPContext } from './ftp-context.ts';
import { FTPError, type FTPResponse } from './ftp-error.ts';
import { limits } from './limits.ts';
import { currentDirectories } from './replies.ts';

const { maxWalkDepth } = limits;

/** What is needed of a client to work on whole trees: each call is one of its own, with its queue and its checks. */
export interface DirectoryClient {
  readonly ftp: FTPContext;
  readonly closed: boolean;
  send(command: string): Promise<FTPResponse>;
  sendIgnoringError(command: string): Promise<FTPResponse>;
  pwd(): Promise<string>;
  cd(path: string): Promise<FTPResponse>;
  cdup(): Promise<FTPResponse>;
  list(): Promise<FileInfo[]>;
  remove(path: string): Promise<FTPResponse>;
  removeEmptyDir(path: string): Promise<FTPResponse>;
  uploadFrom(source: string, toRemotePath: string): Promise<FTPResponse>;
  downloadTo(destination: string, fromRemotePath: string): Promise<FTPResponse>;
}

/** Makes each directory of a path, as far as it is missing, and goes into it. */
export async function enterMade(client: DirectoryClient, path: string): Promise<void> {
  if (path.startsWith('/')) await client.cd('/');
  for (const name of path.split('/')) if (name !== '') await enterOneMade(client, name);
}

/** Does something in other directories, and goes back to where it began. */
export async function comingBack(client: DirectoryClient, work: (start: string) => Promise<void>): Promise<void> {
  const start = await client.pwd();
  try {
    await work(start);
  } finally {
    // It may be gone: what was done counts.
    if (!client.closed) await client.cd(start).catch(() => undefined);
  }
}

/**
 * The working directory. Where the answer can be read in two ways, it is that path from which the server gives it again:
 * files are removed in what it means. Where none is, nobody knows where the client stands, and it is closed.
 */
export async function currentDirectory(client: DirectoryClient): Promise<string> {
  const answer = await client.send('PWD');
  const readings = currentDirectories(answer);
  if (readings.length === 1) return readings[0];
  for (const path of readings) {
    if (await leadsTo(client, path, answer.message)) return path;
  }
  const failure = new Error(`The answer to PWD can be read in two ways, and leads back by neither: ${answer.message}`);
  client.ftp.closeWithError(failure);
  throw failure;
}

/** Removes all that is in the working directory. */
export async function clear(client: DirectoryClient, depth = 0): Promise<void> {
  checkDepth(depth);
  for (const file of await safeEntries(client)) {
    if (!file.isDirectory) {
      await client.remove(file.name);
      continue;
    }
    // A link that the server lists as a directory leads out of this one, where nothing must be removed.
    await inside(client, file.name, async () => undefined);
    await inside(client, file.name, () => clear(client, depth + 1));
    await client.removeEmptyDir(file.name);
  }
}

/**
 * Removes a directory with all that is in it; of the root only that.
 * @param start the working directory
 */
export async function removeWhole(client: DirectoryClient, path: string, start: string): Promise<void> {
  // A variable that is empty by mistake must not remove all there is.
  if (!namesEntry(path) && !/^\/+$/.test(path)) throw new Error(`${JSON.stringify(path)} names no directory to remove`);
  await client.cd(path);
  // The path may be relative, and lead anywhere.
  const absolute = await client.pwd();
  // Some servers say that they have moved where there is no such directory.
  const mayBeUnmoved = absolute === start || absolute === '/';
  if (mayBeUnmoved && namesEntry(path) && lastName(absolute) !== lastName(path)) throw elsewhere(path);
  const { message } = await client.send('PWD');
  await clear(client);
  if (absolute === '/') return;
  if (!(await leadsTo(client, absolute, message))) throw elsewhere(absolute);
  await client.cdup();
  await client.removeEmptyDir(absolute);
}

/** Uploads what is in a local directory to the working directory. */
export async function uploadAll(client: DirectoryClient, localDirectory: string): Promise<void> {
  for (const name of await readdir(localDirectory)) {
    const path = join(localDirectory, name);
    const stats = await stat(path);
    if (stats.isFile()) await client.uploadFrom(path, name);
    if (!stats.isDirectory()) continue;
    await client.sendIgnoringError(`MKD ${name}`);
    await inside(client, name, () => uploadAll(client, path));
  }
}

/** Downloads files and directories of the working directory to a local one. */
export async function downloadAll(client: DirectoryClient, localDirectory: string, depth = 0): Promise<void> {
  checkDepth(depth);
  await mkdir(localDirectory, { recursive: true });
  for (const file of await safeEntries(client)) {
    const path = join(localDirectory, file.name);
    if (file.isFile) await client.downloadTo(path, file.name);
    if (!file.isDirectory) continue;
    await inside(client, file.name, () => downloadAll(client, path, depth + 1));
  }
}

/** The server may refuse to make what is there already; whether it is there shows when we go there. */
async function enterOneMade(client: DirectoryClient, name: string): Promise<void> {
  await client.sendIgnoringError(`MKD ${name}`);
  await client.cd(name);
}

/**
 * Does something in a directory of the working directory, and comes back up. From the target of a link CDUP leads to
 * another directory than the one that holds the link; nothing more is done there.
 */
async function inside(client: DirectoryClient, name: string, work: () => Promise<void>): Promise<void> {
  const { message } = await client.send('PWD');
  await client.cd(name);
  await work();
  await client.cdup();
  if ((await client.send('PWD')).message !== message) throw elsewhere(name);
}

/** Goes to the path; gives whether the server's answer to PWD is this one there. */
async function leadsTo(client: DirectoryClient, path: string, answer: string): Promise<boolean> {
  try {
    await client.send(`CWD ${path}`);
    return (await client.send('PWD')).message === answer;
  } catch (error) {
    if (error instanceof FTPError) return false;
    throw error;
  }
}

function lastName(path: string): string | undefined {
  return path.split('/').findLast((name) => name !== '');
}

function elsewhere(name: string): Error {
  return new Error(`${JSON.stringify(name)} leads to another directory on the server: nothing is done there`);
}

/** Those whose names can mean nothing outside of their directory, here and there. */
async function safeEntries(client: DirectoryClient): Promise<FileInfo[]> {
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
