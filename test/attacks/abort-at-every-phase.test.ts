import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { RawClient } from '../../src/testing/raw-client.ts';
import type { RawData } from '../../src/testing/raw-data.ts';
import { startTestServer } from '../../src/testing/running-server.ts';

// CVE-2020-9273, CVE-2019-18217: ABOR, QUIT, REIN, the end or the reset of either connection, at every phase.

const TRANSFERS = [
  'STOR new',
  'STOR big',
  'APPE log',
  'STOU',
  'RETR big',
  'LIST',
  'NLST',
  'MLSD',
  'BNDL STOR',
  'BNDL RETR',
  'BNDL MLSD',
] as const;
/** How far the transfer is let to come. */
const PHASES = ['port open', 'command sent', 'connected', 'begun', 'some bytes'] as const;
interface Ending {
  /** Whether the control connection goes on. */
  readonly livesOn: boolean;
  readonly happen: (client: RawClient, data?: RawData) => void | Promise<void>;
}

/** What is done to it then. */
const ENDINGS: { readonly [name: string]: Ending } = {
  ABOR: { livesOn: true, happen: (client) => client.send('ABOR') },
  'ABOR behind Telnet interrupts': { livesOn: true, happen: (client) => client.write('\xff\xf4\xff\xf2ABOR\r\n') },
  'ABOR twice': { livesOn: true, happen: (client) => client.write('ABOR\r\nABOR\r\n') },
  'another command, and the end of the data connection': {
    livesOn: true,
    async happen(client, data) {
      client.send('NOOP');
      await data?.[Symbol.asyncDispose]();
    },
  },
  'the end of TCP on the data connection': { livesOn: true, happen: (_client, data) => void data?.tcp.end() },
  'the reset of the data connection': { livesOn: true, happen: (_client, data) => data?.reset() },
  QUIT: { livesOn: false, happen: (client) => client.send('QUIT') },
  REIN: { livesOn: false, happen: (client) => client.send('REIN') },
  'the end of the control connection': { livesOn: false, happen: (client) => client.end() },
  'the reset of the control connection': { livesOn: false, happen: (client) => client.reset() },
};

const story = fc.record({
  transfer: fc.constantFrom(...TRANSFERS),
  phase: fc.constantFrom(...PHASES),
  ending: fc.constantFrom(...Object.keys(ENDINGS)),
});

test('However a transfer is broken off, the server answers on, and nothing of it is left', async () => {
  await using server = await startTestServer({ limits: { dataConnectMs: 500, maxConnectionsPerAddress: 1000 } });
  await writeFile(join(server.root, 'big'), Buffer.alloc(2_000_000, 'big'));
  await fc.assert(
    fc.asyncProperty(fc.array(story, { minLength: 1, maxLength: 4 }), async (stories) => {
      for (const { transfer, phase, ending } of stories) {
        await using client = await server.signIn();
        const data = await reach(client, transfer, phase);
        await ENDINGS[ending]?.happen(client, data);
        if (ENDINGS[ending]?.livesOn) {
          // Whatever is still to be said about the transfer is said before the answer to this.
          client.send('SYST');
          while ((await client.reply()).code !== 215);
        }
        await data?.[Symbol.asyncDispose]();
      }
      await using after = await server.signIn();
      assert.match((await after.download('NLST')).toString(), /^big$/m);
    }),
    { numRuns: 40, seed: 959 },
  );
  assert.deepEqual(
    server.events.filter(({ event }) => event === 'failure'),
    [],
  );
});

async function reach(
  client: RawClient,
  transfer: string,
  phase: (typeof PHASES)[number],
): Promise<RawData | undefined> {
  const port = await client.passive();
  if (phase === 'port open') return undefined;
  client.send(transfer);
  if (phase === 'command sent') return undefined;
  const data = await client.data(port);
  if (phase === 'connected') return data;
  await client.expect(150);
  if (phase === 'begun') return data;
  await data.ready;
  if (/STO|APP/.test(transfer)) await data.write(Buffer.alloc(50_000));
  return data;
}
