import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/*
 * Who may open the socket could as well write the database, but for one: a process of the server's own user that may read no
 * file (see `admin/`). It may connect to sockets, for the permission model of Node does not keep it from them. So whoever
 * connects shows what stands in a file beside the socket.
 */

/** Makes a new key, which only the owner of the file can read. @throws an error of the system */
export function makeSocketKey(socket: string): string {
  const key = randomBytes(32).toString('hex');
  removeSocketKey(socket);
  writeFileSync(keyFileOf(socket), key, { mode: 0o600, flag: 'wx' });
  return key;
}

/** @throws an error of the system */
export function readSocketKey(socket: string): string {
  return readFileSync(keyFileOf(socket), 'utf8');
}

export function removeSocketKey(socket: string): void {
  rmSync(keyFileOf(socket), { force: true });
}

export function isSameKey(given: string, key: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(key));
}

function keyFileOf(socket: string): string {
  return `${socket}.key`;
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
