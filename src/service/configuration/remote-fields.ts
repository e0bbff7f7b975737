import type { z } from 'zod';
import { duration, filePath, flag, listOf, section, text, whole } from './fields.ts';
import { secretField } from './secret-field.ts';

const SECRET = 'a secret: one of file, environment, command';

/** The settings of a storage that is a directory of another server. */
export const remoteFields = {
  url: text(
    'Of a remote one: where it is, `ftpes://USER@HOST/DIRECTORY` (explicit TLS), `ftps://` (implicit TLS), `sftp://`, or `ftp://` in clear',
  ).optional(),
  password: secretField(SECRET, 'Of a remote one: the password for it').optional(),
  privateKey: secretField(
    SECRET,
    'Of a remote one over SFTP: the private key to sign in with, as OpenSSH or PEM has it',
  ).optional(),
  passphrase: secretField(SECRET, 'Of a remote one over SFTP: what opens an encrypted private key').optional(),
  pins: listOf(
    text('Fingerprint'),
    'fingerprints',
    'Of a remote one: its keys that are trusted, and nothing else then: `sha256//BASE64` of the public key or the SHA-256 of the certificate in hexadecimal digits; `SHA256:...` of the host key over SFTP, which needs one',
  ),
  authorities: listOf(
    filePath('PEM file'),
    'files',
    'Of a remote one over TLS: authorities that are trusted in place of those that Node brings',
  ),
  allowClear: flag('Of a remote one: whether passwords and files may travel in clear, which ftp:// needs'),
  connections: whole(2, 64, 'Of a remote one: connections to it of one process of this server (default: 8)').optional(),
  listingCache: duration(
    'Of a remote one: how long a listing counts as new for other sessions; own changes are seen at once (default: 3s)',
  ).optional(),
} as const;

const remoteShape = section(remoteFields);
type GivenRemote = z.output<typeof remoteShape>;

/** A directory of another server. */
export interface ConfiguredRemoteStorage extends Omit<GivenRemote, 'url'> {
  readonly kind: 'remote';
  readonly url: string;
}

type RemoteMistake = readonly [key: keyof GivenRemote, message: string];

/** What is wrong with the settings of a remote storage. No message shows the URL, which may hold a password by mistake. */
export function remoteMistake(given: GivenRemote): RemoteMistake | undefined {
  if (given.url === undefined) return ['url', 'expected the URL of a directory of a server'];
  const url = URL.parse(given.url);
  const isSsh = url?.protocol === 'sftp:';
  if (!url || !SCHEMES.has(url.protocol) || url.host === '') {
    return ['url', 'expected a URL that begins with ftpes://, ftps://, sftp:// or ftp:// and names a host'];
  }
  if (url.password !== '') return ['url', 'must hold no password: name its file in password, and make it a new one'];
  if (url.username === '') return ['url', 'expected a user before the host, as in ftpes://user@host/directory'];
  if (url.protocol === 'ftp:' && !given.allowClear) {
    return ['url', 'sends passwords and files in clear for all on the way: choose ftpes://, or say allowClear: true'];
  }
  if (given.allowClear && url.protocol !== 'ftp:') return ['allowClear', 'means nothing for this URL: take it away'];
  if (isSsh ? !given.pins.every(isHostKey) || given.pins.length === 0 : !given.pins.every(isPin)) {
    return ['pins', isSsh ? 'expected the host keys as SHA256:..., which ssh-keygen -lf shows' : PIN];
  }
  if (isSsh && given.authorities.length > 0)
    return ['authorities', 'means nothing over SFTP: name the host keys in pins'];
  if (!isSsh && (given.privateKey || given.passphrase)) {
    return [given.privateKey ? 'privateKey' : 'passphrase', 'means nothing for this URL: it is for sftp://'];
  }
  if (url.protocol === 'ftp:' && (given.pins.length > 0 || given.authorities.length > 0)) {
    return [given.pins.length > 0 ? 'pins' : 'authorities', 'means nothing in clear: nobody knows who answers'];
  }
  if (!given.password && !given.privateKey) return ['password', 'expected where the password is'];
  return given.passphrase && !given.privateKey ? ['passphrase', 'expected privateKey beside it'] : undefined;
}

/** The first setting of a remote storage that another one has. */
export function remoteSettingOf(given: GivenRemote): keyof GivenRemote | undefined {
  return REMOTE_KEYS.find((key) => {
    const value = given[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
}

const REMOTE_KEYS = [
  'url',
  'password',
  'privateKey',
  'passphrase',
  'pins',
  'authorities',
  'allowClear',
  'connections',
  'listingCache',
] as const satisfies readonly (keyof typeof remoteFields)[];

const SCHEMES: ReadonlySet<string> = new Set(['ftpes:', 'ftps:', 'sftp:', 'ftp:']);

const PIN = 'expected sha256// with the base64 SHA-256 of a public key, or the SHA-256 of a certificate in hexadecimal';

function isPin(pin: string): boolean {
  return /^sha256\/\/[A-Za-z0-9+/]{43}=$/.test(pin) || /^[0-9a-f]{2}(?::?[0-9a-f]{2}){31}$/i.test(pin);
}

function isHostKey(pin: string): boolean {
  return /^SHA256:[A-Za-z0-9+/]{43}$/.test(pin);
}
