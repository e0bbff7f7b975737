import { readdir, readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { startTestServer, type TestServer, type TestServerOptions } from '../../src/testing/running-server.ts';
import { playTranscript } from '../../src/testing/transcript.ts';
import { parseTranscript } from '../../src/testing/transcript-page.ts';

/** What the pages' `-- server` lines mean. */
const ARRANGEMENTS: { readonly [name: string]: TestServerOptions } = {
  default: {},
  plain: { clear: { login: true, data: true } },
  'clear and compression': { clear: { login: true, data: true }, compression: true },
  active: { active: true },
  site: { site: { symlink: true } },
  hosts: { hosts: ['files.example'] },
  compression: { compression: true },
  relaxed: { sessionReuse: 'off' },
};

const servers = new Map<string, Promise<TestServer>>();

function serverFor(page: string): Promise<TestServer> {
  const { steps } = parseTranscript(page);
  const named = steps.find((step) => step.kind === 'direction' && step.direction === 'server');
  const name = named?.kind === 'direction' ? named.argument : 'default';
  const options = ARRANGEMENTS[name];
  if (options === undefined) throw new Error(`No arrangement is called ${name}`);
  const server = servers.get(name) ?? startTestServer(options);
  servers.set(name, server);
  return server;
}

after(async () => {
  for (const server of servers.values()) await (await server)[Symbol.asyncDispose]();
});

const directory = new URL('./', import.meta.url);
const names = (await readdir(directory)).filter((name) => name.endsWith('.txt')).toSorted();
const pages = await Promise.all(
  names.map(async (name) => [name, await readFile(new URL(name, directory), 'utf8')] as const),
);

for (const [name, page] of pages) {
  test(`${name}: ${parseTranscript(page).title}`, async () => playTranscript(page, await serverFor(page)));
}
