import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Step, startHostileServer } from '../../hostile/hostile-server.ts';
import { attack, connectTo, failureOf } from './attacked-client.ts';

// "Done" is the server's word alone; the bytes have to agree.

const files = { '/file': 'text' };

test('226 without a data connection is no download', async () => {
  const { code } = await attack({ files, on: { RETR: (session) => session.reply('226 Sent') } }, (client) =>
    client.readBuffer('/file'),
  );
  assert.ok(['data-connection', 'protocol', 'truncated', 'timeout'].includes(code), code);
});

test('226 with fewer bytes than SIZE told is no download', async () => {
  const step: Step = async (session) => {
    session.reply('150 Sending');
    const data = await session.openData();
    await data.finish('te');
    session.reply('226 Sent');
  };
  const { code } = await attack({ files, on: { RETR: step } }, (client) => client.readBuffer('/file'));
  assert.ok(code === 'wrong-size' || code === 'truncated', code);
});

test('226 before the data is accepted: the data decide', async () => {
  const step: Step = async (session) => {
    session.send('150 Sending\r\n226 Sent\r\n');
    const data = await session.openData();
    await data.finish('text');
  };
  await using server = await startHostileServer({ files, on: { RETR: step } });
  await using client = await connectTo(server);
  assert.equal((await client.readBuffer('/file')).toString(), 'text');
});

test('A refusal after all the data is no download', async () => {
  const step: Step = async (session) => {
    session.reply('150 Sending');
    const data = await session.openData();
    await data.finish('text');
    session.reply('451 Read error');
  };
  const { code } = await attack({ files, on: { RETR: step } }, (client) => client.readBuffer('/file'));
  assert.equal(code, 'refused');
});

test('226 for an upload of which the server has less, as SIZE tells, is no upload', async () => {
  const step: Step = async (session, path) => {
    await session.byDefault('STOR', path);
    session.state.files.set('/new', Buffer.from('te'));
  };
  const { code } = await attack({ on: { STOR: step } }, (client) => client.upload(Buffer.from('text'), '/new'));
  assert.equal(code, 'wrong-size');
});

test('226 for an upload of which nothing was taken is no upload', async () => {
  const step: Step = async (session) => {
    session.reply('150 Go on');
    const data = await session.openData();
    session.reply('226 Stored');
    await data.finish('', 'reset');
  };
  const { code } = await attack({ on: { STOR: step } }, (client) => client.upload(Buffer.alloc(5_000_000), '/new'));
  assert.ok(['truncated', 'data-connection', 'wrong-size', 'connection-lost'].includes(code), code);
});

test('Replies that nobody asked for do not become answers to later questions', async () => {
  const step: Step = (session) => session.send('213 4\r\n213 1000000\r\n226 And\r\n');
  await using server = await startHostileServer({ files: { '/file': 'text', '/other': 'other' }, on: { SIZE: step } });
  await using client = await connectTo(server);
  await client.size('/file');
  const modified = await client.modified('/other').catch(failureOfReason);
  assert.ok(modified instanceof Date ? modified.getUTCFullYear() === 2024 : modified.name === 'ClientError');

  function failureOfReason(error: unknown): Error {
    assert.ok(error instanceof Error);
    return error;
  }
});

test('Bytes beyond what SIZE told are an error, or all of them are given', async () => {
  await using server = await startHostileServer({ files, on: { SIZE: (session) => session.reply('213 2') } });
  await using client = await connectTo(server);
  const { code } = await failureOf(client.readBuffer('/file'));
  assert.equal(code, 'wrong-size');
});
