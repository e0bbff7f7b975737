import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { publisher } from '../../src/core/index.ts';
import { loadConfiguration } from '../../src/service/index.ts';
import { openSyslog } from '../../src/service/log/index.ts';
import { startWorkers } from '../workers/workers.ts';

test('a syslog server that takes nothing holds up nobody, and what is lost is counted', async () => {
  let isReading = false;
  let text = '';
  const sockets = new Set<Socket>();
  const syslogServer = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.on('data', (part) => {
      text += String(part);
    });
    if (!isReading) socket.pause();
  });
  syslogServer.listen(0, '127.0.0.1');
  await once(syslogServer, 'listening');
  const { port } = syslogServer.address() as AddressInfo;
  const environment = {
    LOCKPORT_SYSLOG_ENABLED: 'true',
    LOCKPORT_SYSLOG_PROTOCOL: 'tcp-in-clear',
    LOCKPORT_SYSLOG_PORT: String(port),
    LOCKPORT_LIMITS_MAX_SYSLOG_QUEUE_BYTES: '100000',
  };
  const { configuration } = await loadConfiguration({ environment, flags: {} });
  const syslog = await openSyslog(configuration);
  const publish = publisher(syslog.sink);
  // The system takes some megabytes for a program that reads nothing.
  for (let round = 0; syslog.state.lostLines === 0 || sockets.size === 0; round += 1) {
    for (let number = 0; number < 100; number += 1) publish({ event: 'notice', message: 'x'.repeat(900) });
    assert.ok(syslog.state.queuedBytes <= 100_000 && round < 1000, `round ${round}`);
    await setTimeout(1);
  }
  isReading = true;
  for (const socket of sockets) socket.resume();
  // Once it reads, it hears that some are missing.
  while (!/\d+ lines of the log are missing here: the syslog server did not take them in time/.test(text)) {
    await setTimeout(10);
  }
  await syslog[Symbol.asyncDispose]();
  for (const socket of sockets) socket.destroy();
  syslogServer.close();
});

test('a syslog server that was away gets the log once it is there, frame by frame', async (context) => {
  const place = createServer().listen(0, '127.0.0.1');
  await once(place, 'listening');
  const { port } = place.address() as AddressInfo;
  place.close();
  await once(place, 'close');
  const settings = { SYSLOG_ENABLED: 'true', SYSLOG_PROTOCOL: 'tcp-in-clear', SYSLOG_PORT: String(port) };
  const server = await startWorkers(context, { workers: 1, settings });
  await using client = await server.signIn();
  await client.upload('STOR file', 'whole');
  let text = Buffer.alloc(0);
  await using syslog = createServer((socket) =>
    socket.on('data', (part: Buffer) => {
      text = Buffer.concat([text, part]);
    }),
  );
  syslog.listen(port, '127.0.0.1');
  while (!framesOf(text).some((frame) => frame.includes(' transfer.finished '))) await setTimeout(10);
  server.server.signal('SIGTERM');
  await server.server.ended();
});

/** @throws where a frame does not begin with its length */
function framesOf(bytes: Buffer): readonly string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(' ', at);
    if (blank < 0) break;
    const length = Number(bytes.toString('utf8', at, blank));
    assert.ok(Number.isInteger(length) && length > 0, bytes.toString('utf8', at, at + 20));
    if (blank + 1 + length > bytes.length) break;
    frames.push(bytes.toString('utf8', blank + 1, blank + 1 + length));
    at = blank + 1 + length;
  }
  return frames;
}
