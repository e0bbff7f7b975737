import assert from 'node:assert/strict';
import {
  type Client,
  ClientError,
  type ClientLimits,
  type ConnectOptions,
  connect,
} from '../../../src/client/index.ts';
import { type HostileServer, type HostileServerOptions, startHostileServer } from '../../hostile/hostile-server.ts';

/** Long enough for a busy machine, and short enough for a test that has to wait for them. */
const LIMITS = limitsOf(1500);
/** For tests in which nothing but a limit ends the wait. */
export const IMPATIENT = limitsOf(2000);

/** What the client of these tests signs in with. */
export const PASSWORD = 'wonderland';

/** Connects to a hostile server, trusting its certificate; nothing is tried twice. */
export function connectTo(server: HostileServer, options: Partial<ConnectOptions> = {}): Promise<Client> {
  return connect({
    host: '127.0.0.1',
    port: server.port,
    user: 'alice',
    password: PASSWORD,
    tls: { ca: server.certificate },
    retry: { attempts: 1 },
    ...options,
    limits: { ...LIMITS, ...options.limits },
  });
}

/** The error that this fails with, which must be one of the client's. */
export async function failureOf(work: Promise<unknown>): Promise<ClientError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ClientError, `Expected a ClientError, got: ${String(error)}`);
  return error;
}

/** Lets a signed-in client act against a server of these options; gives what the act failed with. */
export async function attack(
  hostility: HostileServerOptions,
  act: (client: Client) => Promise<unknown>,
  options: Partial<ConnectOptions> = {},
): Promise<ClientError> {
  await using server = await startHostileServer(hostility);
  await using client = await connectTo(server, options);
  return await failureOf(act(client));
}

/** For what may never end: lets a test fail with `aborted` instead. */
export function patience(): AbortSignal {
  return AbortSignal.timeout(120_000);
}

/** That nobody signed in, and that the password stayed here. */
export function assertNoPassword({ heard }: HostileServer): void {
  assert.deepEqual(
    heard.filter(({ verb, line }) => verb === 'USER' || verb === 'PASS' || line.includes(PASSWORD)),
    [],
  );
}

/** Reads to the end. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

function limitsOf(waitMs: number): Partial<ClientLimits> {
  return {
    connectMs: waitMs,
    tlsHandshakeMs: waitMs,
    replyMs: waitMs,
    finalReplyMs: waitMs,
    dataConnectMs: waitMs,
    stallMs: waitMs,
    replyFlushMs: waitMs,
    abortMs: waitMs,
    closeMs: waitMs,
  };
}
