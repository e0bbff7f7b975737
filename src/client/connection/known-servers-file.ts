import { open, readFile, rename } from 'node:fs/promises';
import type { ServerCertificate } from '../../transport/index.ts';
import { ClientError } from '../errors.ts';
import { appendLine } from './append-line.ts';
import type { KnownServers } from './known-servers.ts';

/** A server whose key is remembered. */
export interface RememberedServer {
  /** `host:port`. */
  readonly server: string;
  readonly pin: string;
  /** The day it was remembered on, as YYYY-MM-DD. */
  readonly since?: string | undefined;
}

export interface KnownServersFile extends Required<KnownServers> {
  list(): Promise<readonly RememberedServer[]>;
  /** Gives whether its key was remembered. */
  forget(server: string): Promise<boolean>;
}

/**
 * Trust on first use with a file, like OpenSSH's known_hosts: one line a server, `host:port sha256//... date`, and `#`
 * before a remark. To trust a server's new key, remove its line.
 */
export function fileOfKnownServers(file: string): KnownServersFile {
  const list = async (): Promise<readonly RememberedServer[]> =>
    (await contentOf(file)).split('\n').flatMap((line) => serverIn(line) ?? []);
  return {
    list,
    async find(server) {
      return (await list()).find((one) => one.server === server)?.pin;
    },
    async remember(server, certificate) {
      try {
        await appendLine(file, lineFor(server, certificate));
      } catch (error) {
        throw unusable(file, error);
      }
    },
    async forget(server) {
      const lines = (await contentOf(file)).split('\n');
      const kept = lines.filter((line) => serverIn(line)?.server !== server);
      if (kept.length === lines.length) return false;
      await replace(file, kept.join('\n'));
      return true;
    },
  };
}

function serverIn(line: string): RememberedServer | undefined {
  const [server = '', pin, since] = line.trim().split(/\s+/, 3);
  return pin === undefined || server.startsWith('#') ? undefined : { server, pin, since };
}

function lineFor(server: string, { pin }: ServerCertificate): string {
  return `${server} ${pin} ${new Date().toISOString().slice(0, 10)}`;
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw unusable(file, error);
  }
}

/** Whole or not at all: half of it would trust whoever comes first once more. */
async function replace(file: string, content: string): Promise<void> {
  try {
    const aside = `${file}.new`;
    await using handle = await open(aside, 'w', 0o600);
    await handle.writeFile(content);
    await handle.sync();
    await rename(aside, file);
  } catch (error) {
    throw unusable(file, error);
  }
}

function unusable(file: string, cause: unknown): ClientError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ClientError('local', `The file of known servers ${file} can't be used: ${reason}`, {
    phase: 'local',
    cause,
  });
}
