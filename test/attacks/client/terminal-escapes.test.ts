import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockport, temporaryDirectory } from '../../cli/lockport-process.ts';
import { type HostileServerOptions, startHostileServer } from '../../hostile/hostile-server.ts';

// What a server says, and what its files are called, must not drive the terminal of whoever reads it.

const EVIL = '\u001b]0;title\u0007\u001b[2J\u009b31m\u202e\u2028';
const ACTING = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;
const files = { [`/in/${EVIL}`]: 'x' };
const refused = `550 ${Buffer.from(EVIL).toString('latin1')}`;

const SCENES: readonly (readonly [title: string, args: readonly string[], hostility: HostileServerOptions])[] = [
  ['a name, in JSON', ['ls', '--json'], {}],
  ['a refusal', ['ls'], { on: { MLSD: (session) => session.reply(refused) } }],
  ['a refusal, in JSON', ['ls', '--json'], { on: { MLSD: (session) => session.reply(refused) } }],
  ['a name that a sync can not have', ['sync', 'OUT'], { on: { RETR: (session) => session.reply(refused) } }],
  ['the same, in JSON', ['sync', '--json', 'OUT'], { on: { RETR: (session) => session.reply(refused) } }],
  ['a greeting and features', ['doctor'], { on: { GREETING: (session) => session.reply(`220 ${EVIL}`) } }],
];

for (const [title, [verb = '', ...args], hostility] of SCENES) {
  test(`Nothing acts on the terminal: ${title}`, async (context) => {
    await using server = await startHostileServer({ files, ...hostility });
    const home = await temporaryDirectory(context);
    await writeFile(join(home, 'ca.pem'), server.certificate);
    const url = `ftpes://alice@127.0.0.1:${server.port}/in/`;
    const words = args.map((word) => (word === 'OUT' ? join(home, 'out') : word));
    const { output, errors } = await lockport([verb, '--ca', join(home, 'ca.pem'), url, ...words], {
      environment: { HOME: home, LOCKPORT_PASSWORD: 'wonderland' },
    });
    assert.notEqual(output + errors, '');
    assert.doesNotMatch(errors, ACTING);
    if (!words.includes('--json')) return;
    assert.doesNotMatch(output, ACTING);
    for (const line of output.trimEnd().split('\n')) assert.equal(typeof JSON.parse(line), 'object');
  });
}
