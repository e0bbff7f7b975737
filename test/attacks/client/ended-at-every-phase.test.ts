import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Step, startHostileServer } from '../../hostile/hostile-server.ts';
import { connectTo, failureOf } from './attacked-client.ts';

// A connection may end at any time, in any way: that is an error of one call, which nothing else hears of.

const ENDS: readonly (readonly [how: string, step: Step])[] = [
  ['closes', (session) => session.end()],
  ['cuts', (session) => session.cut()],
  ['resets', (session) => session.reset()],
  [
    'says 421 and closes',
    (session) => {
      session.reply('421 Going');
      return session.end();
    },
  ],
  [
    'says half a reply and closes',
    (session) => {
      session.send('21');
      return session.end();
    },
  ],
  [
    'says half of many lines and closes',
    (session) => {
      session.send('211-And\r\n');
      return session.end();
    },
  ],
];
const CODES = [
  'connection-lost',
  'connect-failed',
  'tls-refused',
  'tls-failed',
  'refused',
  'login-refused',
  'protocol',
  'data-connection',
];

for (const [how, step] of ENDS) {
  for (const verb of ['GREETING', 'AUTH', 'USER', 'PASS', 'FEAT', 'PBSZ', 'PROT', 'PWD']) {
    test(`A server that ${how} at ${verb} is an error of connecting`, async () => {
      await using server = await startHostileServer({ on: { [verb]: step } });
      const { code } = await failureOf(connectTo(server));
      assert.ok(CODES.includes(code), code);
    });
  }

  for (const verb of ['TYPE', 'EPSV', 'RETR', 'SIZE', 'STOR']) {
    test(`A server that ${how} at ${verb} is an error of that call, and the next has a connection`, async () => {
      let isFirst = true;
      const once: Step = (session, argument) => {
        if (!isFirst) return session.byDefault(verb, argument);
        isFirst = false;
        return step(session, argument);
      };
      await using server = await startHostileServer({ files: { '/file': 'text' }, on: { [verb]: once } });
      await using client = await connectTo(server);
      const act = () => (verb === 'STOR' ? client.upload(Buffer.from('x'), '/new') : client.readBuffer('/file'));
      assert.ok(CODES.includes((await failureOf(act())).code));
      assert.equal((await client.readBuffer('/file')).toString(), 'text');
    });
  }
}
