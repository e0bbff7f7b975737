import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Account,
  type Authenticator,
  isKeyOfLine,
  type Limits,
  limitsWith,
  type PublicKeyLine,
  publicKeyLine,
  publisher,
  type RecordKeeper,
  type ServerEvent,
} from '../core/index.ts';
import { account, createGatekeeper } from '../identity/index.ts';
import { Acceptor, KeyedLimiter, OpenSessions } from '../server/index.ts';
import {
  type HostKeyIdentity,
  type HostKeyKind,
  identifyHostKey,
  loadTransport,
  makeHostKey,
  SftpHost,
  type SshProfile,
} from '../sftp/index.ts';
import { localStorage } from '../storage/index.ts';
import { createRateLimiter } from '../transport/index.ts';
import { type RawSftpOptions, RawSsh } from './raw-sftp.ts';
import { PASSWORDS, recordEvents } from './running-server.ts';
import { homesIn, PATIENT } from './test-accounts.ts';

export interface TestSftpOptions {
  /** What is said of alice's and bob's accounts beyond their names. */
  readonly account?: Partial<Account>;
  readonly limits?: Partial<Limits>;
  /** Private host keys that will take the place of those in use. */
  readonly nextHostKeys?: readonly string[];
  readonly profile?: SshProfile;
  readonly symlinks?: boolean;
  readonly records?: RecordKeeper;
}

export interface TestSftp extends AsyncDisposable {
  readonly port: number;
  readonly host: SftpHost;
  /** What clients know its host keys by: Ed25519, ECDSA. */
  readonly hostKeys: readonly HostKeyIdentity[];
  /** The directory on disk that both accounts see as `/`. */
  readonly root: string;
  readonly events: readonly ServerEvent[];
  /** The first event that fits, from those that have happened or will. */
  event(fits: (event: ServerEvent) => boolean): Promise<ServerEvent>;
  /** Connects and signs in, as alice by her password unless something else is said. */
  connect(options?: Partial<RawSftpOptions>): Promise<RawSsh>;
}

/** A real SFTP server on the loopback, with durable local storage and the accounts alice and bob. Failed logins have no delay. */
export async function startTestSftp(options: TestSftpOptions = {}): Promise<TestSftp> {
  const root = join(await mkdtemp(join(tmpdir(), 'lockport-sftp-')), 'files');
  await mkdir(root);
  const limits: Partial<Limits> = {
    ...PATIENT,
    ...options.limits,
  };
  const recorder = recordEvents();
  const publish = publisher(recorder.onEvent);
  const storage = await localStorage({ root });
  const sessions = new OpenSessions();
  const gatekeeper = createGatekeeper({
    authenticator: knownUsers(options.account),
    openFiles: homesIn(storage, publish),
    makeRateLimiter: createRateLimiter,
    limits,
    publish,
  });
  const { profile = 'intermediate', symlinks = false, records, nextHostKeys = [] } = options;
  const hostKeys = [await makeHostKey('ed25519'), await makeHostKey('ecdsa')];
  const host = new SftpHost(
    await loadTransport(),
    { gatekeeper, hostKeys, nextHostKeys, profile, symlinks, limits },
    { publish, records, sessions, digests: new KeyedLimiter() },
  );
  const acceptor = new Acceptor({
    listeners: [{ mode: 'sftp', port: 0, address: '127.0.0.1' }],
    rules: () => ({ limits: limitsWith(limits), welcome: (peer) => gatekeeper.welcome(peer) }),
    async receive(connection) {
      await host.receive(connection);
      return 'closed';
    },
    sessions,
    publish,
  });
  const [{ port } = { port: 0 }] = await acceptor.listen();
  return {
    port,
    host,
    hostKeys: await Promise.all(hostKeys.map(identifyHostKey)),
    root,
    events: recorder.events,
    event: recorder.event,
    connect: (given = {}) =>
      RawSsh.connect({ port, ...(given.privateKey === undefined && { password: PASSWORDS['alice'] ?? '' }), ...given }),
    async [Symbol.asyncDispose]() {
      const closed = acceptor.close();
      await host[Symbol.asyncDispose]();
      await closed;
      await storage[Symbol.asyncDispose]();
      await rm(join(root, '..'), { recursive: true, force: true });
    },
  };
}

function knownUsers(overrides: Partial<Account> = {}): Authenticator {
  const find = (user: string): Account | undefined =>
    Object.hasOwn(PASSWORDS, user) ? account(user, overrides) : undefined;
  return {
    async findByKey(user, key) {
      const found = find(user);
      return found?.authorizedKeys.some((line) => isKeyOfLine(key, line)) ? found : undefined;
    },
    async authenticate(user, credentials) {
      const found = find(user);
      const isRight =
        credentials.kind === 'password'
          ? PASSWORDS[user] === credentials.password
          : credentials.kind === 'public-key' &&
            found?.authorizedKeys.some((line) => isKeyOfLine(credentials.key, line));
      return found && isRight ? found : { refused: 'credentials', message: 'Wrong user name or password' };
    },
  };
}

/** A key that a test signs in with: the private one in OpenSSH's form, and the line of the account. */
export async function makeKeyPair(
  kind: HostKeyKind = 'ed25519',
): Promise<{ readonly privateKey: string; readonly line: PublicKeyLine }> {
  const privateKey = await makeHostKey(kind);
  const line = publicKeyLine((await identifyHostKey(privateKey)).publicKey);
  if (!line) throw new Error('A key that was made is none');
  return { privateKey, line };
}
