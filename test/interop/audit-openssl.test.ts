import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, resolvePath } from '../../src/core/index.ts';
import { openJournal } from '../../src/operations/audit/journal-fixture.test.ts';
import { auditPaths, knownKeys } from '../../src/operations/index.ts';
import { testWith } from './tool.ts';

testWith(
  'openssl',
  'openssl verifies a receipt and a signed head, as docs/audit.md describes them',
  async (openssl) => {
    const scratch = await mkdtemp(join(tmpdir(), 'lockport-audit-openssl-'));
    try {
      const directory = join(scratch, 'audit');
      const place = (name: string) => join(scratch, name);
      const journal = await openJournal(directory, { node: 'files.example.org' });
      const receipt = await journal.issue({
        session: 's',
        address: '192.0.2.1',
        account: 'alice',
        path: resolvePath(ROOT, '/reports/Münster 1".pdf'),
        bytes: 3,
        sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      });
      await journal[Symbol.asyncDispose]();
      const [key] = await knownKeys(auditPaths(directory));
      await writeFile(place('key.pem'), key?.publicKey.export({ type: 'spki', format: 'pem' }) ?? '');

      const { statement, signature } = JSON.parse(receipt ?? '');
      assert.match(statement, /^lockport-receipt-v1\nserver: "files\.example\.org"\naccount: "alice"\npath: "/);
      await verify(statement, signature);

      const [line = ''] = (await readFile(auditPaths(directory).heads, 'utf8')).split('\n');
      const head = JSON.parse(line);
      const { number, chain, at } = head;
      await verify(
        `lockport-audit-head-v1\n${head.journal}\n${number}\n${chain}\n${at}\n${head.key}\n`,
        head.signature,
      );
      await assert.rejects(verify(statement.replace('bytes: 3', 'bytes: 4'), signature));

      async function verify(signed: string, signatureText: string): Promise<void> {
        await writeFile(place('statement'), signed);
        await writeFile(place('signature'), Buffer.from(signatureText, 'base64'));
        const files = ['-inkey', place('key.pem'), '-in', place('statement'), '-sigfile', place('signature')];
        await openssl.run(['pkeyutl', '-verify', '-pubin', '-rawin', ...files]);
      }
    } finally {
      await rm(scratch, { recursive: true });
    }
  },
);
