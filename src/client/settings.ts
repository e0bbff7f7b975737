import { userInfo } from 'node:os';
import type { EndOfStream } from '../core/index.ts';
import { type Charset, charset } from '../protocol/index.ts';
import type { Dial } from '../transport/index.ts';
import { ClientError } from './errors.ts';
import { type ClientLimits, clientLimitsWith } from './limits.ts';
import type { ClientLog } from './log.ts';
import type { ConnectOptions, RetryPolicy, Security, SshOptions, TlsOptions } from './options.ts';
import type { ServerQuirks } from './server-quirks.ts';
import { parseTarget } from './target.ts';

/** The options of a client, checked and with every default; the same for all its connections. */
export interface ClientSettings {
  readonly host: string;
  readonly port: number;
  readonly security: Security;
  readonly user: string;
  readonly password: () => Promise<string>;
  readonly account: string | undefined;
  readonly directory: string;
  readonly tls: TlsOptions;
  readonly ssh: SshOptions;
  readonly sessionReuse: NonNullable<ConnectOptions['sessionReuse']>;
  readonly endOfStream: EndOfStream;
  readonly dataProtection: 'private' | 'clear';
  readonly dataMode: 'passive' | 'active';
  readonly passiveAddress: 'control' | 'announced';
  readonly charset: Charset;
  readonly isUtf8: boolean;
  readonly serverUtcOffsetMinutes: number;
  readonly connections: number;
  readonly retry: Required<RetryPolicy>;
  readonly limits: ClientLimits;
  readonly dial: Dial | undefined;
  readonly log: ClientLog;
  readonly quirks: ServerQuirks;
}

/** @throws ClientError `invalid-argument` or `clear-text-refused` */
export function settingsOf(target: string | ConnectOptions, more: Partial<ConnectOptions> = {}): ClientSettings {
  const options = { ...(typeof target === 'string' ? fromUrl(target) : target), ...more };
  const security = options.security ?? 'explicit';
  const dataProtection = options.dataProtection ?? (security === 'clear' ? 'clear' : 'private');
  if ((security === 'clear' || dataProtection === 'clear') && options.allowClear !== true) throw clearRefused(security);
  const user = options.user ?? (security === 'ssh' ? userInfo().username : 'anonymous');
  return {
    host: options.host,
    port: options.port ?? DEFAULT_PORTS[security],
    security,
    user,
    password: passwordOf(user, options.password),
    account: options.account,
    directory: options.directory ?? '',
    tls: options.tls ?? {},
    ssh: options.ssh ?? {},
    sessionReuse: options.sessionReuse ?? 'prefer',
    endOfStream: options.endOfStream ?? 'strict',
    dataProtection: security === 'clear' ? 'clear' : dataProtection,
    dataMode: options.dataMode ?? 'passive',
    passiveAddress: options.passiveAddress ?? 'control',
    ...charsetOf(options.encoding ?? 'utf-8'),
    serverUtcOffsetMinutes: options.serverUtcOffsetMinutes ?? 0,
    connections: Math.max(1, options.connections ?? (security === 'ssh' ? SSH_SESSIONS : 1)),
    retry: { attempts: 3, delayMs: 500, maxDelayMs: 10_000, ...options.retry },
    limits: clientLimitsWith(options.limits),
    dial: options.dial,
    log: options.log ?? (() => undefined),
    quirks: {
      withoutExtendedPassive: false,
      withoutPassiveAhead: false,
      withoutEarlyEnd: false,
      withoutKeepAlive: false,
      withoutMachineListing: false,
      withoutListOptions: false,
      timeCommand: undefined,
      withoutTimes: false,
      publishesWhole: undefined,
      bundles: new Set(),
      withoutBundles: false,
    },
  };
}

/** They share one connection, so that none of them costs a login. */
const SSH_SESSIONS = 16;

const DEFAULT_PORTS: { readonly [security in Security]: number } = { explicit: 21, clear: 21, implicit: 990, ssh: 22 };

function charsetOf(label: string): Pick<ClientSettings, 'charset' | 'isUtf8'> {
  try {
    return { charset: charset(label), isUtf8: new TextDecoder(label).encoding === 'utf-8' };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError('invalid-argument', message, { phase: 'prepare', cause });
  }
}

function fromUrl(text: string): ConnectOptions {
  const { path, ...rest } = parseTarget(text);
  return { ...rest, directory: path };
}

/** RFC 1635 section 3: who has no account is `anonymous` and gives a mail address, which is none of a server's business. */
function passwordOf(user: string, given: ConnectOptions['password']): () => Promise<string> {
  return async () => {
    if (given !== undefined) return typeof given === 'string' ? given : given();
    if (user === 'anonymous') return 'anonymous@';
    throw new ClientError('login-refused', `The server asks for the password of ${user}, and none was given`, {
      phase: 'login',
    });
  };
}

function clearRefused(security: Security): ClientError {
  const what = security === 'clear' ? 'Passwords and files' : 'Files';
  return new ClientError(
    'clear-text-refused',
    `${what} would travel in clear, readable by everybody on the way. Use ftpes:// or ftps://, or permit it with allowClear`,
    { phase: 'prepare' },
  );
}
