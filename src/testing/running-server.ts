import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import {
  type Account,
  type Authenticator,
  type EndOfStream,
  type EventSink,
  type Limits,
  provides,
  publisher,
  type ServerEvent,
  type SessionReuse,
  type Storage,
} from '../core/index.ts';
import { account, createGatekeeper } from '../identity/index.ts';
import { createServer, type ListenerOptions, type ServerOptions } from '../server/index.ts';
import { localStorage } from '../storage/index.ts';
import { createRateLimiter } from '../transport/index.ts';
import { testCertificate } from './certificates.ts';
import { RawClient, type RawClientOptions } from './raw-client.ts';
import { homesIn, PATIENT } from './test-accounts.ts';

/** Who may sign in to a test server, and with what password. */
export const PASSWORDS: { readonly [user: string]: string } = { alice: 'wonderland', bob: 'builder' };

export interface TestServerOptions extends Partial<Omit<ServerOptions, 'gatekeeper' | 'listeners' | 'publish'>> {
  /** What is said of alice's and bob's accounts beyond their names. */
  readonly account?: Partial<Account>;
  readonly sessionReuse?: SessionReuse;
  readonly endOfStream?: EndOfStream;
  /** Takes what happens, beside `events`. */
  readonly onEvent?: EventSink;
  /** Default: compares with `PASSWORDS` at no cost. */
  readonly authenticator?: Authenticator;
  /** An existing directory for the files, left alone afterwards. Default: a temporary one. */
  readonly root?: string;
  /** Holds the files in place of the directory. Whoever gives it disposes it. */
  readonly storage?: Storage;
}

export interface TestServer extends AsyncDisposable {
  readonly explicitPort: number;
  readonly implicitPort: number;
  /** The directory on disk that both accounts see as `/`. */
  readonly root: string;
  /** The server's certificate, PEM, for clients to trust: its text, and a file that holds it. */
  readonly certificate: string;
  readonly certificateFile: string;
  /** What a client of Node needs to trust it. */
  readonly tls: ConnectionOptions;
  /** All that has happened. */
  readonly events: readonly ServerEvent[];
  /** The first event that fits, from those that have happened or will. */
  event(fits: (event: ServerEvent) => boolean): Promise<ServerEvent>;
  /** Connects to the explicit listener; the greeting is unread. */
  connect(options?: Partial<RawClientOptions>): Promise<RawClient>;
  /** Connects and signs in. */
  signIn(user?: string, options?: Partial<RawClientOptions>): Promise<RawClient>;
}

/**
 * A real server on the loopback: both listeners, durable local storage, accounts alice and bob. Logins fail without a
 * delay and without a ban. Disposing it ends the server, and throws when a session, an upload's temporary file or a port is left.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const {
    account: overrides,
    sessionReuse,
    endOfStream,
    authenticator,
    root: givenRoot,
    storage: givenStorage,
    onEvent,
    ...serverOptions
  } = options;
  const scratch = await mkdtemp(join(tmpdir(), 'lockport-test-'));
  const root = givenRoot ?? join(scratch, 'files');
  await mkdir(root, { recursive: true });
  const { certificate, key } = await testCertificate(['localhost', '127.0.0.1']);
  const certificateFile = join(scratch, 'certificate.pem');
  await writeFile(certificateFile, certificate);

  const limits: Partial<Limits> = {
    ...PATIENT,
    ...options.limits,
  };
  const recorder = recordEvents(onEvent);
  const publish = publisher(recorder.onEvent);
  const local = await localStorage({ root });
  const storage = givenStorage ?? local;
  const server = createServer({
    listeners: LISTENERS,
    tls: { certificates: [{ certificate, key }] },
    ...serverOptions,
    limits,
    publish,
    gatekeeper: createGatekeeper({
      authenticator: authenticator ?? knownPasswords(overrides),
      can: (ability) => provides(storage, ability),
      openFiles: homesIn(storage, publish),
      makeRateLimiter: createRateLimiter,
      limits,
      publish,
      ...(sessionReuse && { sessionReuse }),
      ...(endOfStream && { endOfStream }),
    }),
  });
  const [explicit, implicit] = await server.listen();
  const explicitPort = explicit?.port ?? 0;
  const tls: ConnectionOptions = { ca: certificate };
  const connect = (given: Partial<RawClientOptions> = {}) =>
    RawClient.connect({ port: explicitPort, ...given, tls: { ...tls, ...given.tls } });

  return {
    explicitPort,
    implicitPort: implicit?.port ?? 0,
    root,
    certificate,
    certificateFile,
    tls,
    events: recorder.events,
    event: recorder.event,
    connect,
    async signIn(user = 'alice', given = {}) {
      const client = await connect(given);
      await client.signIn(user, PASSWORDS[user] ?? '');
      return client;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await local[Symbol.asyncDispose]();
      const left = [...openSessions(recorder.events), ...(await temporaryFiles(Buffer.from(root)))];
      await rm(scratch, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
    },
  };
}

const LISTENERS: readonly ListenerOptions[] = [
  { mode: 'explicit', port: 0, address: '127.0.0.1' },
  { mode: 'implicit', port: 0, address: '127.0.0.1' },
];

function knownPasswords(overrides: Partial<Account> = {}): Authenticator {
  return {
    async authenticate(user, credentials) {
      const isRight = credentials.kind === 'password' && PASSWORDS[user] === credentials.password;
      return isRight ? account(user, overrides) : { refused: 'credentials', message: 'Wrong user name or password' };
    },
  };
}

export function recordEvents(
  onEvent: EventSink = () => undefined,
): Pick<TestServer, 'events' | 'event'> & { readonly onEvent: EventSink } {
  const events: ServerEvent[] = [];
  const waiting = new Set<(event: ServerEvent) => void>();
  return {
    events,
    onEvent(event) {
      events.push(event);
      onEvent(event);
      for (const look of waiting) look(event);
    },
    event(fits) {
      const past = events.find(fits);
      if (past) return Promise.resolve(past);
      return new Promise((resolve) => {
        waiting.add(function look(event) {
          if (!fits(event)) return;
          waiting.delete(look);
          resolve(event);
        });
      });
    },
  };
}

function openSessions(events: readonly ServerEvent[]): string[] {
  const closed = new Set(events.flatMap((event) => (event.event === 'session.closed' ? [event.session] : [])));
  return events.flatMap((event) =>
    event.event === 'session.opened' && !closed.has(event.session) ? [`session ${event.session}`] : [],
  );
}

/**
 * What uploads in progress are called; interrupted ones that are kept for resuming end in `.partial`. Names are bytes:
 * not all of them are UTF-8.
 */
async function temporaryFiles(directory: Buffer): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, encoding: 'buffer' });
  const found = entries.map(async (entry) => {
    if (entry.isDirectory()) return temporaryFiles(Buffer.concat([directory, Buffer.from('/'), entry.name]));
    const name = entry.name.toString();
    return /^\.lockport-.*\.tmp$/.test(name) ? [name] : [];
  });
  return (await Promise.all(found)).flat();
}
