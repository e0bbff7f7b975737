import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorkers } from '../workers/workers.ts';
import { startRsyslog } from './servers/rsyslog.ts';
import { skipWithoutPrograms } from './tool.ts';

for (const [protocol, isSecure] of [
  ['tls', true],
  ['tcp-in-clear', false],
] as const) {
  test(`rsyslog gets the log whole, with its fields, over ${protocol}`, (context) =>
    skipWithoutPrograms(context, async () => {
      await using rsyslog = await startRsyslog({ isSecure });
      const settings = {
        SYSLOG_ENABLED: 'true',
        SYSLOG_PROTOCOL: protocol,
        SYSLOG_PORT: String(rsyslog.port),
        SYSLOG_FACILITY: 'local3',
        ...(isSecure && { SYSLOG_TLS_AUTHORITIES: rsyslog.certificateFile }),
      };
      const server = await startWorkers(context, { workers: 1, settings });
      await using client = await server.signIn();
      await client.upload('STOR a"]\\b', 'whole');
      const [transfer] = await rsyslog.messages(/ transfer\.finished /);
      assert.match(
        transfer ?? '',
        /^local3 info lockport transfer\.finished \[lockport@32473 .*path="\/a\\"\\\]\\\\b".*\] ?STOR \/a"\]\\b: 5 bytes in .*whole/,
      );
      server.server.signal('SIGTERM');
      assert.equal(await server.server.ended(), 0);
      // What is told at the end arrives, too.
      assert.equal((await rsyslog.messages(/ stopped /)).length, 1);
    }));
}

test('a syslog server whose certificate is from nobody known gets nothing', (context) =>
  skipWithoutPrograms(context, async () => {
    await using rsyslog = await startRsyslog({ isSecure: true });
    const settings = { SYSLOG_ENABLED: 'true', SYSLOG_PORT: String(rsyslog.port) };
    const server = await startWorkers(context, { workers: 1, settings });
    await using client = await server.signIn();
    await client.upload('STOR file', 'whole');
    server.server.signal('SIGTERM');
    assert.equal(await server.server.ended(), 0);
    assert.equal(await rsyslog.stored(), '');
  }));
