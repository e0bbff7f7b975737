import { createHmac } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { appendLine } from '../connection/append-line.ts';
import { ClientError } from '../errors.ts';
import { CLIENT_LIMITS } from '../limits.ts';
import { type HostKey, type KnownHost, type KnownHosts, knownHostName } from './known-hosts.ts';

export interface KnownHostsFiles extends KnownHosts {
  /** Adds a line to the first of the files. */
  keep(host: string, port: number, key: HostKey): Promise<void>;
}

/**
 * Files of known hosts as OpenSSH has them: names, patterns with `*`, `?` and `!`, `[host]:port`, hashed names, and the
 * markers `@revoked` and `@cert-authority` (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Lines that can't be read are passed over, as
 * OpenSSH does; files that are missing are empty.
 */
export function knownHostsFiles(files: readonly string[]): KnownHostsFiles {
  return {
    async find(host, port) {
      const name = knownHostName(host, port);
      const found = await Promise.all(files.map(async (file) => hostsIn(await contentOf(file), file, name)));
      return found.flat();
    },
    async keep(host, port, { type, base64 }) {
      const [file] = files;
      if (file === undefined) return;
      try {
        await appendLine(file, `${knownHostName(host, port)} ${type} ${base64}`);
      } catch (error) {
        throw unusable(file, error);
      }
    },
  };
}

const MARKERS: { readonly [word: string]: KnownHost['marker'] | undefined } = {
  '@revoked': 'revoked',
  '@cert-authority': 'authority',
};

function hostsIn(content: string, file: string, name: string): readonly KnownHost[] {
  return content.split('\n').flatMap((line, index) => {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') ? MARKERS[words.shift() ?? ''] : 'known';
    const [names = '', type, base64] = words;
    const isEntry = !names.startsWith('#') && type !== undefined && base64 !== undefined;
    // A marker that is not known here may mean anything: it must not make a key trusted.
    if (!isEntry || marker === undefined || !matches(names, name)) return [];
    return [{ marker, type, base64, where: `${file}, line ${index + 1}` }];
  });
}

function matches(names: string, name: string): boolean {
  if (names.startsWith('|')) return matchesHash(names, name);
  const patterns = names.toLowerCase().split(',');
  const isMatch = (pattern: string): boolean => patternOf(pattern).test(name);
  if (patterns.some((pattern) => pattern.startsWith('!') && isMatch(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && isMatch(pattern));
}

/** `|1|salt|hash`: SHA-1 is no matter of trust here, it hides which servers somebody uses. */
function matchesHash(names: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = names.split('|');
  if (version !== '1') return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest().equals(Buffer.from(hash, 'base64'));
}

/** Only `*` and `?` are special: square brackets stand around the host of a port. */
function patternOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}

async function contentOf(file: string): Promise<string> {
  const most = CLIENT_LIMITS.maxKnownHostsBytes.default;
  try {
    if ((await stat(file)).size > most) throw new Error(`it has more than ${most} bytes (maxKnownHostsBytes)`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw unusable(file, error);
  }
}

function unusable(file: string, cause: unknown): ClientError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ClientError('local', `The file of known hosts ${file} can't be used: ${reason}`, {
    phase: 'local',
    cause,
  });
}
