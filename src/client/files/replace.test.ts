import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostileServer, type Step } from '../../../test/hostile/hostile-server.ts';
import { connect } from '../client.ts';
import { alice, failure } from '../client-fixture.test.ts';

/** Does not rename over a file, and breaks off behind the `count`th RNTO, which it has carried out. */
function breakingOff(count: number): Step {
  let seen = 0;
  return async (session, path) => {
    const { files } = session.state;
    seen += 1;
    if (files.has(path)) return session.reply('553 File exists');
    if (seen !== count) return session.byDefault('RNTO', path);
    files.set(path, files.get(session.renameFrom) ?? Buffer.alloc(0));
    files.delete(session.renameFrom);
    session.reset();
  };
}

const RNFR: Step = (session, path) =>
  session.state.files.has(path) ? session.byDefault('RNFR', path) : session.reply('550 No such file');

test('the old file stands where it stood although the connection broke when it had been moved away', async () => {
  await using server = await HostileServer.start({ files: { '/f': 'old' }, on: { RNFR, RNTO: breakingOff(2) } });
  await using client = await connect(alice(server));
  await failure('connection-lost', client.upload(Buffer.from('new'), '/f', { temporaryName: true }));
  assert.equal(server.files.get('/f')?.toString(), 'old');
});

test('where it can not be put back, the failure tells where it may be', async () => {
  let isGone = false;
  const RNTO = breakingOff(2);
  const on = {
    RNFR,
    RNTO: async (session, path) => {
      await RNTO(session, path);
      isGone = !session.state.files.has('/f');
    },
    USER: (session) => (isGone ? session.reset() : session.reply('331 Password')),
  } satisfies { readonly [verb: string]: Step };
  await using server = await HostileServer.start({ files: { '/f': 'old' }, on });
  await using client = await connect(alice(server));
  const error = await failure('refused', client.upload(Buffer.from('new'), '/f', { temporaryName: true }));
  const [old] = [...server.files].flatMap(([path, content]) => (content.toString() === 'old' ? [path] : []));
  assert.ok(old !== undefined && error.message.includes(`what stood there may now be ${old};`), error.message);
});

test('a new file that has got its name stays, although the connection broke behind that', async () => {
  await using server = await HostileServer.start({ files: { '/f': 'old' }, on: { RNFR, RNTO: breakingOff(3) } });
  await using client = await connect(alice(server));
  const error = await failure('unconfirmed', client.upload(Buffer.from('new'), '/f', { temporaryName: true }));
  assert.equal(server.files.get('/f')?.toString(), 'new');
  const [old] = [...server.files].flatMap(([path, content]) => (content.toString() === 'old' ? [path] : []));
  assert.ok(old !== undefined && error.message.includes(`what stood there is now ${old}`), error.message);
});

test('where the connection breaks behind the rename, both names are told, and nothing where it was not made', async () => {
  await using server = await HostileServer.start({ on: { RNFR, RNTO: breakingOff(1) } });
  await using client = await connect(alice(server));
  const { message } = await failure('unconfirmed', client.upload(Buffer.from('new'), '/f', { temporaryName: true }));
  assert.match(message, /^The file was stored as \/f\.lockport-.{12}\.tmp, and whether it is \/f now is unknown: /);
  assert.deepEqual([...server.files].map(String), ['/f,new']);
  await using other = await HostileServer.start({ on: { RNTO: (session) => session.reset() } });
  await using another = await connect(alice(other));
  await failure('connection-lost', another.upload(Buffer.from('new'), '/f', { temporaryName: true }));
  assert.deepEqual([...other.files], []);
});
