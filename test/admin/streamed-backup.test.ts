import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openDatabase } from '../../src/database/index.ts';
import { parseAdminToken } from '../../src/identity/index.ts';
import { lockport, temporaryDirectory } from '../cli/lockport-process.ts';
import { type Administered, administered } from './administered.ts';

const PASSPHRASE = 'twelve or more';

/** Asks for a backup, and gives the answer before anything of its body is read. */
async function begun(server: Administered): Promise<IncomingMessage> {
  const asked = request(`${server.base}/backup`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.tokens.owner}`, 'content-type': 'application/json' },
  });
  asked.end(JSON.stringify({ passphrase: PASSPHRASE }));
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer;
}

async function bytesOf(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

async function restored(context: TestContext, bytes: Buffer) {
  const directory = await temporaryDirectory(context);
  const [file, dataDir] = [join(directory, 'backup.age'), join(directory, 'data')];
  await writeFile(file, bytes);
  return {
    dataDir,
    ...(await lockport(['restore', file, '--data-dir', dataDir, '--passphrase-stdin'], { input: PASSPHRASE })),
  };
}

/** The reasons or the outcomes of the records of backups, oldest first. */
async function records(server: Administered) {
  const { json } = await server.ask('GET', '/audit?event=admin.acted&limit=500', { token: 'owner' });
  return (json['records'] ?? []).filter(({ action }) => String(action) === 'POST /backup');
}

test('a backup comes as the answer, is written nowhere, and brings the server back', async (context) => {
  const server = await administered(context);
  const before = await readdir(server.dataDir);
  const answer = await begun(server);
  assert.deepEqual(
    [answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']],
    [200, 'application/octet-stream', 'no-store'],
  );
  assert.match(answer.headers['content-disposition'] ?? '', /^attachment; filename="lockport-\d{8}T\d{6}Z\.age"$/);
  const bytes = await bytesOf(answer);
  const { code, errors, dataDir } = await restored(context, bytes);
  assert.equal(code, 0, errors);
  assert.ok((await readdir(dataDir)).includes('lockport.db'));
  assert.deepEqual(
    (await records(server)).map(({ after }) => [String(after?.['sent']), after?.['bytes']]),
    [
      ['begun', undefined],
      ['whole', bytes.length],
    ],
  );
  assert.deepEqual((await readdir(server.dataDir)).toSorted(), before.toSorted());
  assert.ok(!server.server.output.includes(PASSPHRASE));
});

test('a backup that was cut anywhere is told from a whole one, and nothing of it is restored', async (context) => {
  const server = await administered(context);
  const bytes = await bytesOf(await begun(server));
  for (const length of [bytes.length - 1, bytes.length >> 1, 300, 1]) {
    const { code, errors, dataDir } = await restored(context, bytes.subarray(0, length));
    assert.equal(code, 1, `${length} of ${bytes.length}`);
    assert.match(errors, /can't be read to its end, so nothing was restored|does not open/);
    await assert.rejects(readdir(dataDir));
  }
});

test('one backup is made at a time, and one whose client leaves makes room', async (context) => {
  const server = await administered(context);
  await makeLarge(server);
  const answer = await begun(server);
  answer.pause();
  const second = await begun(server);
  assert.equal(second.statusCode, 409);
  assert.match((await bytesOf(second)).toString(), /A backup is being made/);
  const file = await server.ask('POST', '/backups', {
    token: 'owner',
    json: { file: 'b.age', passphrase: PASSPHRASE },
  });
  assert.ok([404, 409].includes(file.status));
  answer.destroy();
  // Its end is recorded once the room is free.
  await server.server.event(
    (event) => event['event'] === 'admin.acted' && /^It broke off after \d+ bytes$/.test(String(event['reason'])),
  );
  const third = await untilAccepted(server);
  const bytes = await bytesOf(third);
  assert.ok(bytes.length > LARGE_BYTES);
  assert.ok(!(await readdir(server.dataDir)).some((name) => name.startsWith('.streamed')));
});

test('a backup breaks off once the token that asked for it is revoked', async (context) => {
  const server = await administered(context);
  await makeLarge(server);
  const answer = await begun(server);
  answer.pause();
  {
    await using database = openDatabase(join(server.dataDir, 'lockport.db'));
    await database.administrators.removeToken(parseAdminToken(server.tokens.owner)?.id ?? assert.fail());
  }
  await assert.rejects(bytesOf(answer));
  const { reason } = await server.server.event(
    (event) => event['event'] === 'admin.acted' && event['outcome'] === 'failed',
  );
  assert.match(String(reason), /^It broke off after \d+ bytes$/);
});

const LARGE_BYTES = 32 * 2 ** 20;

/** Has the backup hold what can't be compressed, and is more than all buffers on the way hold. */
async function makeLarge({ dataDir }: Administered): Promise<void> {
  const large = Buffer.alloc(LARGE_BYTES);
  for (let at = 0; at < large.length; at += 65_536) crypto.getRandomValues(large.subarray(at, at + 65_536));
  await writeFile(join(dataDir, 'tls', 'large.pem'), large);
}

/** The first answer that is none of "busy": the end of the one before may still be under way. */
async function untilAccepted(server: Administered): Promise<IncomingMessage> {
  for (;;) {
    const answer = await begun(server);
    if (answer.statusCode !== 409) return answer;
    answer.resume();
  }
}
