import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandshakeGate } from './handshake-gate.ts';

const record = (type: number, bytes: number) =>
  Buffer.from([type, 3, 3, bytes >> 8, bytes & 255, ...Buffer.alloc(bytes, 23)]);
const open = Buffer.concat([record(22, 300), record(20, 1), record(22, 0), record(21, 2)]);
const kept = Buffer.concat([record(23, 60), record(22, 5)]);

test('records of a handshake pass, and what follows from the first encrypted one on is kept, however it is cut', () => {
  const bytes = Buffer.concat([open, kept]);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const gate = new HandshakeGate();
    const passed = [bytes.subarray(0, cut), bytes.subarray(cut)].map((chunk) => Buffer.from(gate.pass(chunk)));
    assert.deepEqual(Buffer.concat(passed), open, `cut at ${cut}`);
    assert.deepEqual(gate.held, kept, `cut at ${cut}`);
    assert.equal(gate.isShut, true);
  }
});

test('a handshake that comes byte by byte passes whole', () => {
  const gate = new HandshakeGate();
  const passed = [...open].map((byte) => gate.pass(Buffer.of(byte)));
  assert.deepEqual(Buffer.concat(passed), open);
  assert.equal(gate.isShut, false);
});
