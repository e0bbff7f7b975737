import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entriesOf, outcome } from '../gates/uploading.ts';
import { startWorkers } from '../workers/workers.ts';
import { MALWARE, startClamd } from './servers/clamd.ts';
import { skipWithoutPrograms } from './tool.ts';

for (const workers of [1, 2]) {
  test(`ClamAV takes what is clean, finds what is not wherever it stands in a file, and is told of no more than it takes (workers: ${workers})`, (context) =>
    skipWithoutPrograms(context, async () => {
      await using clamd = await startClamd();
      const gates = [{ name: 'virus', ask: { clamav: { port: clamd.port } } }];
      const server = await startWorkers(context, { workers, settings: { GATES: JSON.stringify(gates) } });
      await using client = await server.signIn();
      await client.upload('STOR clean', 'nothing to see here');
      await client.upload('STOR large', Buffer.alloc(900_000, 'a'));
      for (const content of [MALWARE, `${'-'.repeat(300_000)}${MALWARE}${'-'.repeat(300_000)}`]) {
        assert.equal(
          await outcome(client, 'STOR infected', content),
          '550 The file is refused: Lockport.Test.UNOFFICIAL',
        );
      }
      // It closes the connection on what is longer than its own limit, in the middle of it. The reset may overtake its answer.
      assert.match(
        await outcome(client, 'STOR endless', Buffer.alloc(5_000_000, 'a')),
        /^(550 .*larger than ClamAV takes|450 The file can not be checked at present)/,
      );
      assert.deepEqual(await entriesOf(server.root), ['clean', 'large']);
    }));
}
