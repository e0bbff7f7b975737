import assert from 'node:assert/strict';
import type { HostileServer, Step } from '../../test/hostile/hostile-server.ts';
import { ROOT, resolvePath, type VirtualPath } from '../core/index.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../testing/index.ts';
import { ClientError, type ClientErrorCode } from './errors.ts';
import type { ConnectOptions } from './options.ts';

/** How alice reaches a server of the tests: at once, and without a second try unless a test wants one. */
export function alice(server: TestServer | HostileServer, more: Partial<ConnectOptions> = {}): ConnectOptions {
  const { tls, limits, ...rest } = more;
  return {
    host: 'localhost',
    port: 'explicitPort' in server ? server.explicitPort : server.port,
    user: 'alice',
    password: 'wonderland',
    retry: { attempts: 1, delayMs: 1 },
    tls: { ca: server.certificate, ...tls },
    limits: { connectMs: 60_000, abortMs: 2000, closeMs: 2000, ...limits },
    ...rest,
  };
}

/** Our own server, with data connections that must resume the session. */
export function ownServer(options: TestServerOptions = {}): Promise<TestServer> {
  return startTestServer({ sessionReuse: 'require', ...options });
}

/** The failure of `work`, which must be a ClientError with this code. */
export async function failure(code: ClientErrorCode, work: Promise<unknown>): Promise<ClientError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ClientError, `a ClientError was expected, not ${String(error)}`);
    assert.equal(error.code, code, error.message);
    return error;
  }
  throw new assert.AssertionError({ message: `nothing failed; ${code} was expected` });
}

export function at(path: string): VirtualPath {
  return resolvePath(ROOT, path);
}

/** FEAT with these features and no others. */
export function announcing(...features: readonly string[]): Step {
  return (session) => session.reply(['211-Features:', ...features.map((line) => ` ${line}`), '211 End'].join('\r\n'));
}
