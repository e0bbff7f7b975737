import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { PASSWORDS, startTestServer, type TestServer, type TestServerOptions } from '../../../src/testing/index.ts';
import { lockport, type Outcome, type RunOptions, temporaryDirectory } from '../lockport-process.ts';

/** A server, a home directory for the client, and the program to run. */
export interface Remote {
  readonly server: TestServer;
  /** The working directory and home of the client. */
  readonly home: string;
  /** A URL of alice's. */
  readonly url: (path: string) => string;
  /** Runs the program as alice, who trusts the server. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Outcome>;
  /** The same without anything given: no password, no trust. */
  readonly bare: (args: readonly string[], options?: RunOptions) => Promise<Outcome>;
}

export async function startRemote(context: TestContext, options: TestServerOptions = {}): Promise<Remote> {
  const home = await temporaryDirectory(context);
  const server = await startTestServer(options);
  context.after(() => server[Symbol.asyncDispose]());
  const bare = (args: readonly string[], { environment, ...rest }: RunOptions = {}): Promise<Outcome> =>
    lockport(args, { cwd: home, ...rest, environment: { HOME: home, ...environment } });
  return {
    server,
    home,
    url: (path) => `ftpes://alice@127.0.0.1:${server.explicitPort}/${path}`,
    bare,
    run: ([verb = '', ...args], { environment, ...rest } = {}) =>
      bare([verb, '--ca', server.certificateFile, ...args], {
        ...rest,
        environment: { LOCKPORT_PASSWORD: PASSWORDS['alice'], ...environment },
      }),
  };
}

/** Puts files on the server, past it. */
export async function store({ server }: Remote, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(server.root, name), text);
}

/** The lines of `--json`. */
export function records({ output }: Outcome): Readonly<Record<string, unknown>>[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
