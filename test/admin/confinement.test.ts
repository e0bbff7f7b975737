import assert from 'node:assert/strict';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { limitsWith } from '../../src/core/index.ts';
import { confinement } from '../../src/service/admin/edge-process.ts';
import type { EdgeStart, FromEdge } from '../../src/service/admin/messages.ts';
import { administered } from './administered.ts';

/*
 * Somebody has taken over the process that speaks HTTP with administrators, and looks for what it can reach.
 */

const EDGE = new URL('../../src/service/admin/edge-main.ts', import.meta.url);

/** What the process would do, each in a line of its own, and whether it was denied. */
const ATTEMPTS = `
  const fs = await import('node:fs');
  const { execFileSync } = await import('node:child_process');
  const { Worker } = await import('node:worker_threads');
  const attempts = {
    read: () => fs.readFileSync(process.argv[1]),
    list: () => fs.readdirSync('/'),
    look: () => fs.statSync(process.argv[1]),
    write: () => fs.writeFileSync('/tmp/lockport-was-here', ''),
    start: () => execFileSync('/bin/true'),
    thread: () => new Worker('1', { eval: true }),
    database: () => {
      const sqlite = process.getBuiltinModule('node:sqlite');
      if (!sqlite) throw { code: 'ERR_ACCESS_DENIED' };
      new sqlite.DatabaseSync(process.argv[1]);
    },
    report: () => process.report.writeReport('/tmp/lockport-was-here'),
    environment: () => process.loadEnvFile(process.argv[1]),
    dump: () => process.getBuiltinModule('node:v8').writeHeapSnapshot('/tmp/lockport-was-here'),
    native: () => process.dlopen({ exports: {} }, '/lockport.node'),
    inspect: () => process.getBuiltinModule('node:inspector').open(0),
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    try { attempt(); console.log(name, 'ALLOWED'); } catch (error) { console.log(name, error.code); }
  }`;

async function attempted(flags: readonly string[]): Promise<string[]> {
  const args = [...flags, '--input-type=module', '-e', ATTEMPTS, '/etc/hostname'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.trim().split('\n');
}

test('the process that speaks HTTP reads no file, writes none, and starts nothing', async () => {
  for (const line of await attempted(confinement())) assert.match(line, / ERR_(ACCESS_DENIED|DLOPEN_DISABLED)$/);
  // Without the permission model all of that would be possible: the test sees what it looks for.
  for (const line of await attempted(['--permission', '--allow-fs-read=*'])) {
    if (/^(read|list|look|database)/.test(line)) assert.match(line, / ALLOWED$/);
  }
});

test('the process that runs is confined, and knows nothing of the environment of the server', async (context) => {
  if (process.platform !== 'linux') return context.skip('/proc is of Linux');
  const { server } = await administered(context, { environment: { LOCKPORT_SECRET_OF_OTHERS: 'x' } });
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,args=', '--ppid', String(server.pid)]);
  const [pid = ''] = /^\s*(\d+).*edge-main/m.exec(stdout)?.slice(1) ?? [];
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  for (const flag of confinement())
    assert.ok(
      command.includes(flag.replace(/=.*/, '')) || command.some((each) => each.startsWith(flag.replace(/=.*/, ''))),
      flag,
    );
  assert.ok(!(await readFile(`/proc/${pid}/environ`, 'utf8')).includes('LOCKPORT'));
});

test('without the permission model it does not serve', async () => {
  const start: EdgeStart = {
    address: '127.0.0.1',
    port: 0,
    hosts: ['127.0.0.1'],
    pages: [],
    limits: limitsWith(),
    closed: join('/etc', 'hostname'),
  };
  for (const [flags, told] of [
    [[], 'everything'],
    [['--permission', '--allow-fs-read=*'], 'fs.read'],
    [confinement().filter((flag) => !flag.includes('sqlite')), 'sqlite'],
    [[...confinement(), '--allow-child-process'], 'child'],
  ] as const) {
    const edge = fork(EDGE, [], { execArgv: [...flags], serialization: 'advanced' });
    edge.send({ note: 'start', value: start });
    const [message] = (await once(edge, 'message')) as [FromEdge];
    assert.ok('note' in message && message.note === 'failed' && message.value.message.includes(told), told);
    await once(edge, 'exit');
  }
});

for (const [what, signal] of [
  ['dies', 'SIGKILL'],
  ['hangs', 'SIGSTOP'],
] as const) {
  test(`another process takes its place at the same port when it ${what}, and sessions go on`, async (context) => {
    if (process.platform !== 'linux') return context.skip('ps is asked for children');
    const environment = { LOCKPORT_LIMITS_WORKER_SILENCE_MS: '3000' };
    const { server, ask, base } = await administered(context, { environment });
    assert.equal((await ask('GET', '/me', { token: 'auditor' })).status, 200);
    const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,args=', '--ppid', String(server.pid)]);
    process.kill(Number(/^\s*(\d+).*edge-main/m.exec(stdout)?.[1]), signal);
    await server.event((event) => String(event['message']).includes('another one begins'));
    for (let attempt = 1; ; attempt += 1) {
      const answer = await ask('GET', '/me', { token: 'auditor' }).catch((error: unknown) => {
        if (attempt === 300) throw error;
      });
      if (answer) {
        assert.equal(answer.status, 200, base);
        return;
      }
      // The next process opens the port when it is up.
      await setTimeout(100);
    }
  });
}
