import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startHostileServer } from '../../hostile/hostile-server.ts';
import { records, startRemote } from './remote-fixture.ts';

const UTF8 = { LANG: 'C.UTF-8' };

test('a healthy server: a line a finding, a summary, and nothing is written', async (context) => {
  const { run, url, server } = await startRemote(context, { sessionReuse: 'require' });
  const { code, output, errors } = await run(['doctor', url('')], { environment: UTF8 });
  assert.equal(code, 0, output + errors);
  assert.match(output, /^✓ login +alice is signed in/m);
  assert.match(output, /^- upload .*\n +\S+ doctor --write /m);
  assert.match(output, /\n\nNothing is wrong \(\d+ findings\)\n$/);
  assert.ok(!output.includes('\u001b'));
  assert.ok(!server.events.some((event) => event.event === 'transfer.finished' && event.direction === 'upload'));
});

test('--write says what it writes and where, and leaves nothing', async (context) => {
  const { run, url, server } = await startRemote(context, { sessionReuse: 'require' });
  const { code, output, errors } = await run(['doctor', '--write', url('')]);
  assert.equal(code, 0, output + errors);
  assert.match(errors, /^Writes a probe file there, doctor\.lockport-.*\.tmp .* and removes it if the account may$/m);
  assert.match(output, /^\+ upload +\/doctor\.lockport-[\w-]{12}\.tmp was written/m);
  assert.deepEqual(await readdir(server.root), []);
});

test('without UTF-8 all is ASCII', async (context) => {
  const { run, url } = await startRemote(context);
  const { output } = await run(['doctor', url('')], { environment: { LC_ALL: 'C' } });
  assert.match(output, /^[\n\x20-\x7e]*$/);
});

test('a server that is not trusted: how to go on, and nothing was sent', async (context) => {
  const { bare, url, server } = await startRemote(context);
  const first = await bare(['doctor', url('')], { environment: { ...UTF8, LOCKPORT_PASSWORD: 'wonderland' } });
  assert.equal(first.code, 11);
  assert.match(first.output, /^✗ certificate/m);
  assert.match(first.output, /^1 problem; the first thing to do: /m);
  assert.ok(!server.events.some(({ event }) => event === 'login.succeeded'));
  const [, pin = ''] = /doctor --pin '(\S+)' 'ftpes:/.exec(first.output) ?? [];
  const second = await bare(['doctor', '--pin', pin, url('')], { environment: { LOCKPORT_PASSWORD: 'wonderland' } });
  assert.equal(second.code, 0, second.output);
});

test('what is bad decides the exit code; --quiet prints it alone', async (context) => {
  const hostile = await startHostileServer({ data: { ending: 'cut' }, files: { '/f': 'content' } });
  context.after(() => hostile[Symbol.asyncDispose]());
  const { bare, home } = await startRemote(context);
  const authority = join(home, 'authority.pem');
  await writeFile(authority, hostile.certificate);
  const args = ['--ca', authority, `ftpes://alice@127.0.0.1:${hostile.port}/`];
  const environment = { LOCKPORT_PASSWORD: 'wonderland' };
  const { code, output } = await bare(['doctor', '--quiet', ...args], { environment });
  assert.equal(code, 11);
  assert.match(output, /^X close-notify/m);
  assert.doesNotMatch(output, /^[+.-] /m);
  const json = records(await bare(['doctor', '--json', ...args], { environment }));
  const bad = json.filter(({ verdict }) => verdict === 'bad').length;
  assert.partialDeepStrictEqual(json.at(-1), { summary: { bad } });
  assert.ok(bad > 0);
});
