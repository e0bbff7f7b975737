import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'node:test';
import { findTool, MissingProgram, type Tool } from '../tool.ts';
import { type ForeignServer, type StartForeignServer, testAgainst } from './foreign-server.ts';
import { startProftpd } from './proftpd.ts';
import { startPureFtpd } from './pure-ftpd.ts';
import { startVsftpd } from './vsftpd.ts';

const SERVERS: readonly (readonly [name: string, start: StartForeignServer])[] = [
  ['vsftpd', startVsftpd],
  ['proftpd', startProftpd],
  ['pure-ftpd', startPureFtpd],
];

/**
 * A client that does not read the session tickets of TLS 1.3 while it uploads breaks its own upload off (curl#6149); curl
 * and lftp of Debian do not.
 */
const uploads = 'TLSv1.2';

for (const [name, start] of SERVERS) {
  suite(name, () => {
    for (const implicit of [false, true]) {
      const mode = implicit ? 'implicit' : 'explicit';
      const fileUrl = (server: ForeignServer) => `${implicit ? 'ftps' : 'ftp'}://localhost:${server.port}/file`;

      for (const tls of ['TLSv1.2', 'TLSv1.3'] as const) {
        testAgainst(start, { implicit, tls }, `curl downloads a file, ${mode} ${tls}`, async (server) => {
          const curl = await needed('curl');
          await writeFile(join(server.root, 'file'), randomBytes(300_000));
          await using local = await directory();
          const file = join(local.path, 'file');
          const said = await curl.attempt([...curlFlags(server), '--output', file, fileUrl(server)]);
          assert.equal(said.code, 0, said.errors);
          assert.match(said.errors, new RegExp(`SSL connection using ${tls}`));
          await equalFiles(file, join(server.root, 'file'));
        });
      }

      testAgainst(start, { implicit, tls: uploads }, `curl uploads a file, ${mode}`, async (server) => {
        const curl = await needed('curl');
        await using local = await directory();
        const file = join(local.path, 'file');
        await writeFile(file, randomBytes(300_000));
        await curl.run([...curlFlags(server), '--upload-file', file, fileUrl(server)]);
        await equalFiles(file, join(server.root, 'file'));
      });
    }

    testAgainst(start, { tls: uploads }, 'lftp replaces a file that the test has put there', async (server) => {
      const lftp = await needed('lftp');
      await using local = await directory();
      const file = join(local.path, 'file');
      await writeFile(file, randomBytes(300_000));
      await writeFile(join(server.root, 'file'), 'put here by the test');
      await server.handOver();
      const commands = [
        'set cmd:fail-exit true',
        'set net:max-retries 1',
        'set net:timeout 20',
        'set ftp:ssl-force true',
        'set ftp:ssl-protect-data true',
        `set ssl:ca-file ${server.certificateFile}`,
        `open -u ${server.user},${server.password} ftp://localhost:${server.port}`,
        `cd ${server.directory}`,
        `put ${file}`,
        `get file -o ${file}.back`,
      ];
      await lftp.run(['--norc', '-c', commands.join('; ')]);
      await equalFiles(file, join(server.root, 'file'));
      await equalFiles(file, `${file}.back`);
    });

    testAgainst(start, {}, 'says its version, and is gone when it is disposed', async (server) => {
      assert.match(server.version, /^\d+\.\d+/);
      await server[Symbol.asyncDispose]();
      await assert.rejects(fetch(`http://127.0.0.1:${server.port}`), { name: 'TypeError' });
    });
  });
}

for (const [name, start] of SERVERS.filter(([name]) => name !== 'pure-ftpd')) {
  for (const sessionReuse of [true, false]) {
    const asked = sessionReuse ? 'refuses' : 'takes';
    testAgainst(
      start,
      { sessionReuse },
      `${name} ${asked} a data connection with a TLS session of its own`,
      async (server) => {
        const curl = await needed('curl');
        await writeFile(join(server.root, 'file'), 'text');
        await server.handOver();
        const url = `ftp://localhost:${server.port}/file`;
        const { code } = await curl.attempt([...curlFlags(server), '--no-sessionid', url]);
        assert.equal(code === 0, !sessionReuse);
      },
    );
  }
}

function curlFlags(server: ForeignServer): readonly string[] {
  const account = `${server.user}:${server.password}`;
  return ['--verbose', '--silent', '--show-error', '--ssl-reqd', '--cacert', server.certificateFile, '--user', account];
}

async function needed(name: string): Promise<Tool> {
  const tool = await findTool(name);
  if (!tool) throw new MissingProgram(name);
  return tool;
}

async function directory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'lockport-servers-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

async function equalFiles(one: string, other: string): Promise<void> {
  assert.ok((await readFile(one)).equals(await readFile(other)), `${one} and ${other} differ`);
}
