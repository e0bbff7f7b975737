import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCertificate } from '../../testing/certificates.ts';
import { expiringCertificates } from '../expiry/expiring.ts';
import { addressed } from './addressed.ts';
import { type AddressedExpiry, dueMail } from './due.ts';

const DAY = 86_400_000;
const expires = new Date('2027-03-01T00:00:00Z');
const account: AddressedExpiry = { what: 'account', of: 'anna', expires, to: ['anna@example.org'], advice: 'Ask.' };

function stageAt(daysLeft: number): string | undefined {
  return dueMail(account, 14, expires.getTime() - daysLeft * DAY)
    ?.keys[0].split(':')
    .at(-1);
}

test('an e-mail is due so many days before, on the day, and for a week behind it', () => {
  const stages = [14.01, 14, 2, 1.01, 1, 0, -6.9, -7.1].map(stageAt);
  assert.deepEqual(stages, [undefined, 'before', 'before', 'before', 'day', 'day', 'day', undefined]);
});

test('the e-mail of the day settles the one before it, and another end is told anew', () => {
  const day = dueMail(account, 14, expires.getTime() - DAY / 2);
  const before = dueMail(account, 14, expires.getTime() - 2 * DAY);
  assert.deepEqual(day?.keys.slice(1), before?.keys);
  const later = { ...account, expires: new Date(expires.getTime() + 1) };
  const other = dueMail(later, 14, expires.getTime() - 2 * DAY);
  assert.notEqual(other?.keys[0], before?.keys[0]);
  assert.notEqual(other?.mail.id, before?.mail.id);
  assert.equal(dueMail(account, 14, expires.getTime() - 3 * DAY)?.mail.id, before?.mail.id);
  assert.equal(before?.mail.subject, 'The account anna expires on 2027-03-01');
});

test('administrators are told of certificates, and nobody where none is named', async () => {
  const { certificate } = await testCertificate(['a.example']);
  const [found] = expiringCertificates([certificate]);
  assert.ok(found);
  assert.match(addressed(found, ['ops@example.org'])?.of ?? '', /^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/);
  assert.equal(addressed(found, []), undefined);
});
