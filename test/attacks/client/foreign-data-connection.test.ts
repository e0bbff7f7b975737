import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCertificate } from '../../../src/testing/certificates.ts';
import { startHostileServer } from '../../hostile/hostile-server.ts';
import { attack, collect, connectTo, failureOf } from './attacked-client.ts';

// Whoever gets hold of the data port first must get none of our data, and give us none of his.

const files = { '/file': 'text' };

test('A data connection with another certificate than the control connection is refused', async () => {
  const certificate = await testCertificate(['localhost', '127.0.0.1']);
  await using server = await startHostileServer({ files, data: { certificate } });
  // Even where both are trusted.
  const ca = [server.certificate, certificate.certificate];
  await using client = await connectTo(server, { tls: { ca } });
  for (const act of [
    () => client.readBuffer('/file'),
    () => collect(client.list('/')),
    () => client.upload(Buffer.from('secret'), '/new'),
  ]) {
    assert.equal((await failureOf(act())).code, 'untrusted');
  }
  assert.ok(!server.uploads.some((upload) => upload.includes('secret')));
});

test('Where the session must be resumed, a data connection that does not is refused', async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { code } = await attack(
      { files, data: { resumes: false }, tls: { maxVersion } },
      (client) => client.readBuffer('/file'),
      {
        sessionReuse: 'require',
      },
    );
    assert.equal(code, 'session-not-reused');
  }
});

test('Where it should be, the same certificate is enough', async () => {
  await using server = await startHostileServer({ files, data: { resumes: false } });
  await using client = await connectTo(server, { sessionReuse: 'prefer' });
  assert.equal((await client.readBuffer('/file')).toString(), 'text');
});

test('A data connection that answers in clear is refused', async () => {
  await using server = await startHostileServer({
    files,
    on: {
      PROT: (session) => session.reply('200 Private, of course'),
    },
  });
  await using client = await connectTo(server);
  const { code } = await failureOf(client.upload(Buffer.from('secret'), '/new'));
  assert.ok(code === 'data-connection' || code === 'tls-failed', code);
  assert.ok(!server.uploads.some((upload) => upload.includes('secret')));
});
