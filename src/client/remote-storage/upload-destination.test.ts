import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHostileServer } from '../../../test/hostile/hostile-server.ts';
import { ROOT, resolvePath } from '../../core/index.ts';
import { connect } from '../client.ts';
import { alice } from '../client-fixture.test.ts';
import { asStorage } from './remote-storage.ts';

test('an upload asks for no listing of the directory that it goes into, also without MLST', async () => {
  await using server = await startHostileServer({
    files: { '/there': 'old' },
    on: {
      FEAT: (session) => session.reply('211-\r\n SIZE\r\n MDTM\r\n211 End'),
      CWD: (session, path) =>
        path === '/' ? session.byDefault('CWD', path) : session.reply('550 Failed to change directory'),
    },
  });
  await using client = await connect(alice(server, { connections: 2 }));
  const storage = asStorage(client);
  const upload = await storage.write(resolvePath(ROOT, 'new'), { exclusive: true });
  upload.sink.write(Buffer.from('content'));
  assert.equal((await upload.commit()).size, 7);
  await assert.rejects(storage.write(resolvePath(ROOT, 'there'), { exclusive: true }), { code: 'exists' });
  assert.equal(String(server.files.get('/new')), 'content');
  const listings = server.heard.filter(({ verb }) => ['LIST', 'MLSD', 'NLST'].includes(verb));
  assert.deepEqual(listings, []);
});
