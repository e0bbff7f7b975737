import { domainToASCII } from 'node:url';
import { decodeText } from '../core/index.ts';
import { ClientError } from './errors.ts';
import type { ConnectOptions, Security } from './options.ts';

/** What a URL says. */
export interface Target extends Pick<ConnectOptions, 'host' | 'port' | 'user'> {
  readonly security: Security;
  readonly password?: string;
  /**
   * As it stands behind the host's slash, `..` and spaces included: relative to the directory of the login, absolute where
   * it begins with `/`.
   */
  readonly path: string;
}

/** The schemes: FTP with explicit TLS, with implicit TLS, and in clear; and SFTP. */
const SCHEMES: { readonly [scheme: string]: Security } = {
  'ftpes:': 'explicit',
  'ftps:': 'implicit',
  'ftp:': 'clear',
  'sftp:': 'ssh',
};

/**
 * Reads `ftpes://user@host:port/path`, and the same with `sftp://`. The path is relative to the directory of the login, as RFC 1738 section 3.2.2 has
 * it; `//path` and `/%2Fpath` are absolute. `?` and `#` are part of it: FTP knows no queries. A parser of URLs would take
 * `..`, line breaks, and spaces at the end out of the path, and so make it that of another file, which may be removed.
 * @throws ClientError `invalid-argument`; the message never shows a password
 */
export function parseTarget(text: string): Target {
  const [, beginning = '', path = ''] = PARTS.exec(text) ?? [];
  const url = URL.parse(beginning);
  if (!url) throw invalid('Not a URL. Write ftpes://user@host/directory');
  const security = SCHEMES[url.protocol];
  if (!security) {
    throw invalid(
      `Unknown scheme ${url.protocol}// — use ftpes:// (explicit TLS), ftps:// (implicit TLS), sftp:// (SSH) or ftp:// (clear)`,
    );
  }
  const host = hostOf(url);
  if (host === '' || url.pathname.length > 1) throw invalid('The URL names no host. Write ftpes://user@host/directory');
  return {
    security,
    host,
    ...(url.port !== '' && { port: Number(url.port) }),
    ...(url.username !== '' && { user: decode(url.username) }),
    ...(url.password !== '' && { password: decode(url.password) }),
    path: decode(path.replace(/^\//, '')),
  };
}

/** Scheme and host; what is behind them is the path. */
const PARTS = /^\s*([a-z][a-z0-9+.-]*:\/*[^/?#]*)(.*)$/is;

/** Only `ftp:` is a scheme whose hosts URL turns to ASCII. */
function hostOf({ hostname }: URL): string {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  return domainToASCII(decode(hostname));
}

/** Percent signs stand for bytes, which need not be UTF-8. */
function decode(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const decoded = bytes.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decodeText(Buffer.from(decoded, 'latin1'));
}

function invalid(message: string): ClientError {
  return new ClientError('invalid-argument', message, { phase: 'prepare' });
}
