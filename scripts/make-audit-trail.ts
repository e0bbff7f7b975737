/** Writes an audit trail of many records, for measuring: `node scripts/make-audit-trail.ts DIRECTORY RECORDS`. */
import process from 'node:process';
import { Journal } from '../src/operations/index.ts';

const [directory = '', count = '10000000'] = process.argv.slice(2);
const ACCOUNTS = 200;
const FROM = Date.parse('2026-01-01T00:00:00Z');
const HOUR_MS = 3_600_000;

const journal = await Journal.open({
  directory,
  node: 'files.example.org',
  maxQueuedBytes: 64_000_000,
  stallMs: HOUR_MS,
  headEveryMs: HOUR_MS,
  retention: { keepMs: undefined, keepBytes: undefined },
  onTrouble: (trouble) => process.stderr.write(`${trouble}\n`),
  warn: (message) => process.stderr.write(`${message}\n`),
});
for (let index = 0; index < Number(count); index += 1) {
  const account = `partner-${index % ACCOUNTS}`;
  journal.append(
    {
      event: 'transfer.finished',
      account,
      address: `192.0.2.${index % 250}`,
      protocol: 'ftp',
      session: (index >>> 4).toString(16).padStart(12, '0'),
      verb: 'STOR',
      direction: 'upload',
      path: `/${account}/inbox/2026/${index % 12}/invoice-${index}.pdf`,
      offset: 0,
      bytes: 4096,
      durationMs: 3,
      ending: 'clean',
      outcome: 'complete',
      reply: 226,
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', resumed: true },
    },
    FROM + index * 3000,
  );
  // What waits for the disk is bounded.
  if (index % 20_000 === 0) await journal.recorded();
}
await journal[Symbol.asyncDispose]();
