import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostileServerOptions, startHostileServer } from '../../../test/hostile/hostile-server.ts';
import type { HostileSession } from '../../../test/hostile/hostile-session.ts';
import { type Client, connect } from '../client.ts';
import { alice } from '../client-fixture.test.ts';
import type { ConnectOptions } from '../options.ts';

/** Ten megabytes that no two pieces of are alike. */
export const LARGE = randomBytes(10_000_000);

/** A directory that goes away, and what is in it. */
export class Scratch implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<Scratch> {
    return new Scratch(await mkdtemp(join(tmpdir(), 'lockport-client-')));
  }

  at(name: string): string {
    return join(this.path, name);
  }

  async names(): Promise<readonly string[]> {
    return (await readdir(this.path)).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** A hostile server with a client that tries three times, and a directory. */
export async function against(
  options: HostileServerOptions,
  work: (
    client: Client,
    given: { readonly server: Awaited<ReturnType<typeof startHostileServer>>; readonly scratch: Scratch },
  ) => Promise<void>,
  more: Partial<ConnectOptions> = {},
): Promise<void> {
  await using server = await startHostileServer(options);
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server, { retry: { attempts: 3, delayMs: 1 }, ...more }));
  await work(client, { server, scratch });
}

/** Sends the file up to byte `end` the first times, and then cuts the stream; says 226 all the same. */
export function cutDownloads(times: number, end: number): (session: HostileSession, path: string) => Promise<void> {
  let left = times;
  return async (session, path) => {
    if (left === 0) return session.byDefault('RETR', path);
    left -= 1;
    const start = session.restart;
    session.restart = 0;
    session.reply('150 Sending');
    const data = await session.openData();
    await data.finish(session.state.files.get(path)?.subarray(start, end), 'cut');
    session.reply('226 Sent');
  };
}
