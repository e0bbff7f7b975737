import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Account,
  type Authenticator,
  type Limits,
  limitsWith,
  type PageFile,
  publisher,
  type RecordKeeper,
  type ServerEvent,
  type Storage,
} from '../core/index.ts';
import { account, createGatekeeper, type SessionControl } from '../identity/index.ts';
import { Acceptor, OpenSessions } from '../server/index.ts';
import { localStorage } from '../storage/index.ts';
import { createRateLimiter } from '../transport/index.ts';
import { WebHost } from '../web/index.ts';
import { testCertificate } from './certificates.ts';
import { PASSWORDS, recordEvents } from './running-server.ts';
import { homesIn, PATIENT } from './test-accounts.ts';

export interface TestWebOptions {
  /** What is said of alice's and bob's accounts beyond their names. */
  readonly account?: Partial<Account>;
  readonly limits?: Partial<Limits>;
  /** Without TLS. */
  readonly isPlain?: boolean;
  readonly pages?: readonly PageFile[];
  readonly hosts?: readonly string[];
  readonly records?: RecordKeeper;
  readonly authenticator?: Authenticator;
  /** An existing directory for the files, left alone afterwards. Default: a temporary one. */
  readonly root?: string;
  /** Holds the files in place of the directory. Whoever gives it disposes it. */
  readonly storage?: Storage;
}

export interface TestWeb extends AsyncDisposable {
  readonly port: number;
  /** Such as `https://localhost:1234`. */
  readonly origin: string;
  readonly host: WebHost;
  readonly control: SessionControl;
  /** The directory on disk that both accounts see as `/`. */
  readonly root: string;
  /** The server's certificate: its text, and a file that holds it. */
  readonly certificate: string;
  readonly certificateFile: string;
  readonly events: readonly ServerEvent[];
  /** The first event that fits, from those that have happened or will. */
  event(fits: (event: ServerEvent) => boolean): Promise<ServerEvent>;
}

/** A real web front-end on the loopback, with durable local storage and the accounts alice and bob. Failed logins have no delay. */
export async function startTestWeb(options: TestWebOptions = {}): Promise<TestWeb> {
  const scratch = await mkdtemp(join(tmpdir(), 'lockport-web-'));
  const root = options.root ?? join(scratch, 'files');
  await mkdir(root, { recursive: true });
  const { certificate, key } = await testCertificate(['localhost', '127.0.0.1']);
  const certificateFile = join(scratch, 'certificate.pem');
  await writeFile(certificateFile, certificate);
  const limits: Partial<Limits> = {
    ...PATIENT,
    maxConnectionsPerAddress: 1000,
    ...options.limits,
  };
  const recorder = recordEvents();
  const publish = publisher(recorder.onEvent);
  const local = await localStorage({ root });
  const storage = options.storage ?? local;
  const gatekeeper = createGatekeeper({
    authenticator: options.authenticator ?? knownPasswords(options.account),
    openFiles: homesIn(storage, publish),
    makeRateLimiter: createRateLimiter,
    limits,
    publish,
  });
  const { isPlain = false, pages = [], hosts = [], records } = options;
  const tls = isPlain ? undefined : { certificates: [{ certificate, key }] };
  const host = new WebHost({ gatekeeper, tls, hosts, pages, limits }, { publish, records });
  const acceptor = new Acceptor({
    listeners: [{ mode: 'web', port: 0, address: '127.0.0.1' }],
    rules: () => ({ limits: limitsWith(limits), welcome: (peer) => gatekeeper.welcome(peer) }),
    async receive(connection) {
      await host.receive(connection);
      return 'closed';
    },
    sessions: new OpenSessions(),
    publish,
  });
  const [{ port } = { port: 0 }] = await acceptor.listen();
  return {
    port,
    origin: `${isPlain ? 'http' : 'https'}://localhost:${port}`,
    host,
    control: gatekeeper,
    root,
    certificate,
    certificateFile,
    events: recorder.events,
    event: recorder.event,
    async [Symbol.asyncDispose]() {
      const closed = acceptor.close();
      await host[Symbol.asyncDispose]();
      await closed;
      await local[Symbol.asyncDispose]();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

function knownPasswords(overrides: Partial<Account> = {}): Authenticator {
  return {
    async authenticate(user, credentials) {
      const isRight = credentials.kind === 'password' && PASSWORDS[user] === credentials.password;
      return isRight ? account(user, overrides) : { refused: 'credentials', message: 'Wrong user name or password' };
    },
    async changePassword(_account, password) {
      return password.length < 8 ? { refused: 'new-password', message: 'Too short' } : undefined;
    },
  };
}
