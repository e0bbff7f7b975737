import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite } from 'node:test';
import type { SessionReuse } from '../../src/core/index.ts';
import { startTestServer, type TestServer } from '../../src/testing/running-server.ts';
import { digestsOf, SIZES, writeFiles } from '../interop/sample-files.ts';
import { type Tool, testWith } from '../interop/tool.ts';

// curl#6149, openssl#10880: a TLS 1.3 ticket that an uploading client never reads makes its kernel reset the
// connection, and bytes on the way are lost. A hundred uploads of each size, all whole.

const TIMES = 100;

interface Upload {
  readonly from: string;
  readonly to: string;
}

const CLIENTS: {
  readonly [name: string]: (tool: Tool, server: TestServer, uploads: readonly Upload[]) => Promise<void>;
} = {
  /**
   * It uses a ticket once (RFC 8446 appendix C.4) and an upload brings no new one: where a session must be continued,
   * each of its control connections serves for one upload.
   */
  async 'curl, a connection for each'(curl, server, uploads) {
    for (const upload of uploads) await CLIENTS['curl']?.(curl, server, [upload]);
  },
  async curl(curl, server, uploads) {
    const options = [
      'silent',
      'show-error',
      'fail-early',
      'ssl-reqd',
      'tlsv1.3',
      `cacert = "${server.certificateFile}"`,
    ];
    const url = `ftp://localhost:${server.explicitPort}`;
    const pairs = uploads.flatMap(({ from, to }) => [`upload-file = "${from}"`, `url = "${url}/${to}"`]);
    const configuration = [...options, 'user = "alice:wonderland"', ...pairs].join('\n');
    const file = join(server.certificateFile, '../uploads.curl');
    await writeFile(file, configuration);
    await curl.run(['--disable', '--config', file]);
  },
  async lftp(lftp, server, uploads) {
    const script = [
      'set cmd:fail-exit true',
      'set net:max-retries 1',
      'set ftp:ssl-force true',
      'set ftp:ssl-protect-data true',
      'set ssl:priority NORMAL:-VERS-ALL:+VERS-TLS1.3',
      `set ssl:ca-file ${server.certificateFile}`,
      `open -u alice,wonderland ftp://localhost:${server.explicitPort}`,
      ...uploads.map(({ from, to }) => `put ${from} -o ${to}`),
    ];
    const file = join(server.certificateFile, '../uploads.lftp');
    await writeFile(file, `${script.join('\n')}\n`);
    await lftp.run(['--norc', '-f', file]);
  },
};

suite('Uploads of each size over TLS 1.3 arrive whole', () => {
  let local: string;
  before(async () => {
    local = await mkdtemp(join(tmpdir(), 'lockport-uploads-'));
    await writeFiles(local, SIZES);
  });
  after(() => rm(local, { recursive: true }));

  const cases: readonly (readonly [client: string, reuse: SessionReuse, times: number])[] = [
    ['curl, a connection for each', 'require', 25],
    ['curl', 'off', TIMES],
    ['lftp', 'require', TIMES],
    ['lftp', 'off', TIMES],
  ];
  for (const [client, sessionReuse, times] of cases) {
    const tool = client.replace(/,.*/, '');
    testWith(tool, `${times} by ${client}, where session reuse is "${sessionReuse}"`, async (program) => {
      await using server = await startTestServer({ sessionReuse });
      const names = Object.keys(SIZES).flatMap((size) =>
        Array.from({ length: times }, (_, index) => ({ size, to: `${size}-${index}` })),
      );
      const uploads = names.map(({ size, to }) => ({ from: join(local, size), to }));
      await CLIENTS[client]?.(program, server, uploads);
      const wanted = await digestsOf(local);
      assert.deepEqual(
        await digestsOf(server.root),
        Object.fromEntries(names.map(({ size, to }) => [to, wanted[size]])),
      );
    });
  }
});
