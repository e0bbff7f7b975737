import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../../service/index.ts';
import { sentenceOf } from './sentence.ts';

const AT = { n: 7, at: '2026-11-30T12:00:00.000Z' };

test('a record says which administrator acted, which group changed and in what, and which gate was asked', () => {
  const records: readonly (readonly [AuditRecord, RegExp])[] = [
    [{ ...AT, event: 'admin.acted', administrator: 'anna', action: 'GET' }, /administrator=anna {2}action=GET/],
    [{ ...AT, event: 'group.changed', group: 'lab', fields: ['rights'] }, /group=lab {2}fields=\["rights"\]/],
    [{ ...AT, event: 'gate.asked', account: 'alice', gate: 'virus' }, / {2}alice {2}gate=virus/],
  ];
  for (const [record, shown] of records) assert.match(sentenceOf(record), shown);
});
