/** Alerts of TLS 1.3 that no Node sends, made by hand, for the tests of endings. */
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { Peer } from './end-of-stream-fixture.test.ts';

/** RFC 8446 section 6.1. */
export const userCanceled = 90;
export const closeNotify = 0;

/** Sends the data; gives records with these alerts, as the peer would send them behind it. */
export async function alertsBehind(peer: Peer, data: Buffer, alerts: readonly number[]): Promise<Buffer> {
  assert.equal(peer.tls.getCipher().name, 'TLS_AES_256_GCM_SHA384');
  await new Promise((resolve) => peer.tls.write(data, resolve));
  const key = expand(peer.secret(), 'key', 32);
  const iv = expand(peer.secret(), 'iv', 12);
  const last = recordsOf(Buffer.concat(peer.gate.sent));
  const next = 1 + numberOf(last.at(-1) ?? Buffer.alloc(0), last.length, key, iv);
  // As JSSE has it: level `warning`, and sixteen bytes of padding.
  return Buffer.concat(
    alerts.map((alert, index) =>
      seal(Buffer.concat([Buffer.of(1, alert, 21), Buffer.alloc(16)]), next + index, key, iv),
    ),
  );
}

/** RFC 8446 section 7.1, HKDF-Expand-Label without a context; one block of SHA-384 is enough. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const name = `tls13 ${label}`;
  const info = Buffer.concat([Buffer.of(0, length, name.length), Buffer.from(name), Buffer.of(0, 1)]);
  return createHmac('sha384', secret).update(info).digest().subarray(0, length);
}

/** RFC 8446 section 5.3: the record's number goes into the last bytes. */
function nonceOf(number: number, iv: Buffer): Buffer {
  const nonce = Buffer.from(iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8);
  return nonce;
}

function seal(inner: Buffer, number: number, key: Buffer, iv: Buffer): Buffer {
  const header = Buffer.of(23, 3, 3, 0, inner.length + 16);
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, iv)).setAAD(header);
  const sealed = Buffer.concat([cipher.update(inner), cipher.final()]);
  return Buffer.concat([header, sealed, cipher.getAuthTag()]);
}

/** The number that the record was encrypted with, found by trying. */
function numberOf(record: Buffer, limit: number, key: Buffer, iv: Buffer): number {
  for (let number = 0; number < limit; number += 1) {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, iv)).setAAD(record.subarray(0, 5));
    decipher.setAuthTag(record.subarray(-16)).update(record.subarray(5, -16));
    try {
      decipher.final();
      return number;
    } catch {
      // Another one, then.
    }
  }
  return assert.fail('the last record is not one of application data');
}

function recordsOf(bytes: Buffer): readonly Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    records.push(bytes.subarray(at, end));
    at = end;
  }
  return records;
}
