import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectOptions } from '../options.ts';

/** How alice reaches a server of tests, whoever it is. */
export function aliceBySftp({ port }: { readonly port: number }, more: Partial<ConnectOptions> = {}): ConnectOptions {
  return {
    host: '127.0.0.1',
    port,
    security: 'ssh',
    user: 'alice',
    password: 'wonderland',
    ssh: { insecure: true },
    ...more,
  };
}

/** A directory of its own, which is removed. */
export async function directory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'lockport-sftp-client-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
