import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { type HostKey, type KnownHosts, knownHostsFiles, type SshKey, type SshOptions } from '../../client/index.ts';
import { printable } from '../../core/index.ts';
import { askHidden } from '../hidden-answer.ts';
import { localError } from '../local-error.ts';
import { UsageError } from '../usage-error.ts';
import type { RemoteSettings } from './settings.ts';
import { userFiles } from './user-files.ts';

/** How to trust an SSH server, and how to sign in there: by the files of OpenSSH. @throws UsageError, LocalError */
export async function sshOptions({ pin, key, trustOnFirstUse }: RemoteSettings): Promise<SshOptions> {
  const { ssh, knownHosts } = userFiles();
  const agent = process.env['SSH_AUTH_SOCK'];
  return {
    knownHosts: rememberedHosts(knownHosts, trustOnFirstUse === true),
    ...(pin !== undefined && { hostKeys: pin }),
    keys: key === undefined ? await usualKeys(ssh) : [keyOf(key, await textOf(key))],
    ...(agent && { agent }),
    ...(process.stdin.isTTY && { answer: ({ prompt, isVisible }) => ask(prompt, isVisible) }),
  };
}

/** A host that is not known is asked about at a terminal, kept where that was asked for, and refused otherwise. */
function rememberedHosts(files: readonly string[], isKept: boolean): KnownHosts {
  const known = knownHostsFiles(files);
  if (!isKept && !process.stdin.isTTY) return known;
  return {
    find: (host, port) => known.find(host, port),
    async remember(host, port, key) {
      if (!isKept && !(await isConfirmed(host, port, key))) return false;
      await known.keep(host, port, key);
      const told = `${host}:${port} is trusted from now on, kept in ${files[0]}\n  fingerprint  ${key.fingerprint}`;
      process.stderr.write(`lockport: ${told}\n`);
      return true;
    },
  };
}

async function isConfirmed(host: string, port: number, { type, fingerprint }: HostKey): Promise<boolean> {
  process.stderr.write(`The server ${host}:${port} is not known. It shows the key ${type}\n  ${fingerprint}\n`);
  const answer = await ask('Trust it from now on? (yes, no, or the fingerprint that its operator told you) ', true);
  return answer.trim() === 'yes' || answer.trim() === fingerprint;
}

const USUAL_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** Those that need no passphrase: whoever gave them one has them in an agent, or names them. */
async function usualKeys(directory: string): Promise<readonly SshKey[]> {
  const texts = await Promise.all(
    USUAL_KEYS.map((name) => readFile(path.join(directory, name), 'utf8').catch(() => undefined)),
  );
  return texts.flatMap((text) => (text === undefined || isEncrypted(text) ? [] : [{ key: text }]));
}

function keyOf(file: string, key: string): SshKey {
  let answer: Promise<string> | undefined;
  return { key, passphrase: () => (answer ??= ask(`Passphrase of ${file}: `, false)) };
}

/** In OpenSSH's own form the name of the cipher stands behind a fixed beginning (PROTOCOL.key of OpenSSH). */
function isEncrypted(key: string): boolean {
  const [, body] = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(key) ?? [];
  if (body === undefined) return key.includes('ENCRYPTED');
  const beginning = 'openssh-key-v1\0\0\0\0\u0004none';
  return !Buffer.from(body, 'base64').toString('latin1').startsWith(beginning);
}

async function ask(question: string, isVisible: boolean): Promise<string> {
  const shown = printable(question);
  if (!process.stdin.isTTY)
    throw new UsageError(`${shown}there is no terminal to ask for it. An agent (SSH_AUTH_SOCK) can hold the key`);
  if (!isVisible) return askHidden(shown, process);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(shown);
  } finally {
    lines.close();
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw localError(file, error);
  }
}
