import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServerCertificate } from '../../transport/index.ts';
import { ClientError } from '../errors.ts';
import type { KnownServers } from './known-servers.ts';

/**
 * Trust on first use with a file, like OpenSSH's known_hosts: one line a server, `host:port sha256//... date`, and `#`
 * before a remark. To trust a server's new key, remove its line.
 */
export function fileOfKnownServers(file: string): Required<KnownServers> {
  return {
    async find(server) {
      for (const line of (await contentOf(file)).split('\n')) {
        const [name, pin] = line.trim().split(/\s+/, 2);
        if (name === server && pin !== undefined) return pin;
      }
      return undefined;
    },
    async remember(server, certificate) {
      await append(file, lineFor(server, certificate));
    },
  };
}

function lineFor(server: string, { pin }: ServerCertificate): string {
  return `${server} ${pin} ${new Date().toISOString().slice(0, 10)}\n`;
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw unusable(file, error);
  }
}

/** One write at the end of the file: two programs that remember at once both leave their line. */
async function append(file: string, line: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await using handle = await open(file, 'a', 0o600);
    await handle.write(line);
    await handle.sync();
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
