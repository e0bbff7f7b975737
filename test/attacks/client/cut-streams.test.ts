import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Step, startHostileServer } from '../../hostile/hostile-server.ts';
import { attack, collect, connectTo, failureOf } from './attacked-client.ts';

// RFC 8446 section 6.1: who ends TCP before close_notify may have left something out, whatever is said on the other channel.

const files = { '/file': 'x'.repeat(200_000) };

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  for (const ending of ['cut', 'cut-in-record', 'reset'] as const) {
    const tls = { minVersion: version, maxVersion: version };
    const options = { files, tls, data: { ending } } as const;

    test(`A download that ends by ${ending} is an error, though the server says 226: ${version}`, async () => {
      const { code } = await attack(options, (client) => client.readBuffer('/file'));
      assert.equal(code, 'truncated');
    });

    test(`A listing that ends by ${ending} is an error, though the server says 226: ${version}`, async () => {
      const { code } = await attack(options, (client) => collect(client.list('/')));
      assert.equal(code, 'truncated');
    });
  }
}

test('A download that is cut leaves no file under its name', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-cut-'));
  try {
    for (const ending of ['cut', 'cut-in-record', 'reset'] as const) {
      await attack({ files, data: { ending } }, (client) => client.download('/file', join(directory, 'file')));
      assert.ok(!(await readdir(directory)).includes('file'), ending);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('A stream that was cut is destroyed, not ended', async () => {
  await using server = await startHostileServer({ files, data: { ending: 'cut' } });
  await using client = await connectTo(server);
  assert.equal((await failureOf(client.read('/file').then(collect))).code, 'truncated');
});

test('The control connection is as good as before after a cut transfer', async () => {
  let isFirst = true;
  const step: Step = async (session) => {
    session.reply('150 Sending');
    const data = await session.openData();
    await data.finish('text', isFirst ? 'cut' : 'clean');
    isFirst = false;
    session.reply('226 Sent');
  };
  await using server = await startHostileServer({ files: { '/file': 'text' }, on: { RETR: step } });
  await using client = await connectTo(server);
  await failureOf(client.readBuffer('/file'));
  assert.equal((await client.readBuffer('/file')).toString(), 'text');
  assert.equal(server.heard.filter(({ verb }) => verb === 'USER').length, 1);
});
