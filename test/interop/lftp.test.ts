import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite } from 'node:test';
import { startTestServer, type TestServer } from '../../src/testing/running-server.ts';
import { digestOf, digestsOf, ODD_NAMES, SIZES, writeFiles } from './sample-files.ts';
import { type Tool, testWith } from './tool.ts';

const withLftp = (title: string, body: Parameters<typeof testWith>[2]) => testWith('lftp', title, body);

suite('lftp', () => {
  let server: TestServer;
  let local: string;

  before(async () => {
    server = await startTestServer({ active: true });
    local = await mkdtemp(join(tmpdir(), 'lockport-lftp-'));
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(local, { recursive: true });
  });

  const explicit = () => `ftp://localhost:${server.explicitPort}`;
  const implicit = () => `ftps://localhost:${server.implicitPort}`;

  async function play(lftp: Tool, url: string, ...commands: readonly string[]): Promise<string> {
    const script = [
      'set cmd:fail-exit true',
      'set net:max-retries 1',
      'set net:timeout 20',
      'set ftp:ssl-force true',
      'set ftp:ssl-protect-data true',
      'set ssl:verify-certificate true',
      `set ssl:ca-file ${server.certificateFile}`,
      `open -u alice,wonderland ${url}`,
      ...commands,
    ];
    await writeFile(join(local, 'script'), `${script.join('\n')}\n`);
    return lftp.run(['--norc', '-f', join(local, 'script')]);
  }

  for (const [mode, url] of [
    ['explicit', explicit],
    ['implicit', implicit],
  ] as const) {
    for (const [version, priority] of [
      ['1.2', 'NORMAL:-VERS-ALL:+VERS-TLS1.2'],
      ['1.3', 'NORMAL:-VERS-ALL:+VERS-TLS1.3'],
    ] as const) {
      withLftp(`moves files of every size both ways, ${mode}, TLS ${version}`, async (lftp) => {
        const from = await mkdtemp(join(local, 'from-'));
        const to = await mkdtemp(join(local, 'to-'));
        await writeFiles(from, SIZES);
        const remote = `${mode}-${version}`;
        await play(
          lftp,
          url(),
          `set ssl:priority ${priority}`,
          `mkdir ${remote}`,
          `mput -O ${remote} ${from}/*`,
          `mget -O ${to} ${remote}/*`,
        );
        assert.deepEqual(await digestsOf(join(server.root, remote)), await digestsOf(from));
        assert.deepEqual(await digestsOf(to), await digestsOf(from));
      });
    }
  }

  withLftp('mirrors hundreds of files with odd names up and down again, several at a time', async (lftp) => {
    const from = await mkdtemp(join(local, 'mirror-'));
    const to = await mkdtemp(join(local, 'mirrored-'));
    const many = Array.from({ length: 300 }, (_, index) => [`many/${index % 7}/file ${index}`, index * 37] as const);
    const odd = ODD_NAMES.map((name, index) => [`odd ${index}/${name}`, 1000 + index] as const);
    await writeFiles(from, Object.fromEntries([...many, ...odd]));
    await play(lftp, explicit(), `mirror --reverse --parallel=4 ${from} mirrored`);
    assert.deepEqual(await digestsOf(join(server.root, 'mirrored')), await digestsOf(from));
    await play(lftp, explicit(), `mirror --parallel=4 mirrored ${to}`);
    assert.deepEqual(await digestsOf(to), await digestsOf(from));
    const again = await play(lftp, explicit(), `mirror --reverse --verbose --dry-run ${from} mirrored`);
    assert.doesNotMatch(
      again,
      /Transferring|get|put/i,
      'sizes and times are those of the source: nothing is left to do',
    );
  });

  withLftp('resumes an upload and a download', async (lftp) => {
    const whole = join(local, 'resumed');
    await writeFiles(local, { resumed: 300_000 });
    await writeFile(join(server.root, 'resumed'), (await readFile(whole)).subarray(0, 100_000));
    await play(lftp, explicit(), `put -c ${whole}`);
    assert.equal(await digestOf(join(server.root, 'resumed')), await digestOf(whole));
    const before = await digestOf(whole);
    await truncate(whole, 50_000);
    await play(lftp, explicit(), `get -c resumed -o ${whole}`);
    assert.equal(await digestOf(whole), before);
  });

  withLftp('downloads one file in several parts at a time', async (lftp) => {
    await writeFiles(server.root, { parts: 3_000_000 });
    await play(lftp, explicit(), `pget -n 4 parts -o ${join(local, 'parts')}`);
    assert.equal(await digestOf(join(local, 'parts')), await digestOf(join(server.root, 'parts')));
  });

  withLftp('moves files in active mode, in TLS too', async (lftp) => {
    // The first curl that secures active data connections is 8.0 (curl#10666).
    await writeFiles(local, { active: 200_000 });
    const file = join(local, 'active');
    const sent = await digestOf(file);
    await play(lftp, explicit(), 'set ftp:passive-mode off', `put ${file}`, `get active -o ${file}.back`);
    assert.deepEqual([await digestOf(join(server.root, 'active')), await digestOf(`${file}.back`)], [sent, sent]);
    assert.ok(server.events.some((event) => event.event === 'command' && /^(EPRT|PORT)$/.test(event.verb)));
  });

  withLftp('renames, removes and lists', async (lftp) => {
    await writeFiles(join(server.root, 'tree'), { 'a/b': 1, 'a/c d': 2 });
    const listed = await play(
      lftp,
      explicit(),
      'mv "tree/a/c d" tree/e',
      'cls -1 tree',
      'find tree',
      'rm -r tree',
      'ls',
    );
    assert.match(listed, /^tree\/a\/$/m);
    assert.match(listed, /^tree\/e$/m);
    assert.doesNotMatch(listed, / tree$/m);
  });
});
