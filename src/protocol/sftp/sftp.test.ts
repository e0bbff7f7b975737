import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import test from 'node:test';
import * as fc from 'fast-check';
import { ByteReader, MalformedPacket } from './byte-reader.ts';
import { EXTENSIONS } from './extensions.ts';
import type { FIELD_KINDS, Layout } from './fields.ts';
import { PacketSplitter } from './packet-splitter.ts';
import { DATA_HEAD_BYTES, dataReply, roomForData, sftpReply } from './replies.ts';
import { formatInit, formatRequest, type KnownRequest, parseInit, parseRequest, REQUESTS } from './requests.ts';

const uint32 = fc.nat(0xffff_ffff);
const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
const attributes = fc.record(
  {
    size: fc.maxSafeNat(),
    owner: fc.record({ user: uint32, group: uint32 }, { noNullPrototype: true }),
    mode: uint32,
    times: fc.record({ accessed: uint32, modified: uint32 }, { noNullPrototype: true }),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const VALUES: { readonly [name in keyof typeof FIELD_KINDS]: fc.Arbitrary<unknown> } = {
  uint32,
  uint64: fc.maxSafeNat(),
  text: fc.string({ unit: 'grapheme', maxLength: 300 }),
  bytes,
  attributes,
};

const requests = fc.oneof(
  ...[...Object.entries(REQUESTS), ...Object.entries(EXTENSIONS)].map(([kind, { fields }]) => {
    const values = Object.entries<Layout[string]>(fields).map(([name, field]) => [name, VALUES[field]] as const);
    return fc.record({ kind: fc.constant(kind), id: uint32, ...Object.fromEntries(values) });
  }),
);

test('a request that is written is read again as it was', () => {
  const property = fc.property(requests, (request) => {
    const packet = formatRequest(request as unknown as KnownRequest);
    const [read] = new PacketSplitter(100_000).push(packet);
    assert.deepEqual(read && { ...parseRequest(read) }, { ...request });
  });
  fc.assert(property, { numRuns: 2000 });
});

test('bytes of a peer give a request, or a malformed one, or no packet, and nothing else', () => {
  const hostile = fc.tuple(fc.constantFrom(3, 4, 5, 6, 9, 17, 18, 20, 200), fc.uint8Array({ maxLength: 60 }));
  const property = fc.property(hostile, ([type, rest]) => {
    const packet = Buffer.of(type, ...rest);
    try {
      assert.ok(typeof parseRequest(packet).kind === 'string');
    } catch (error) {
      assert.ok(error instanceof MalformedPacket && packet.length < 5, String(error));
    }
  });
  fc.assert(property, { numRuns: 20_000 });
});

test('a field whose length is a lie makes its request malformed', () => {
  const packet = formatRequest({ kind: 'stat', id: 7, path: '/a' }).subarray(4);
  packet.writeUInt32BE(0xffff_ffff, 5);
  assert.deepEqual(parseRequest(packet), { kind: 'malformed', id: 7 });
});

test('a count of extended attributes that the packet does not hold makes the request malformed', () => {
  const head = formatRequest({ kind: 'setstat', id: 1, path: '/', attributes: {} }).subarray(4);
  const packet = Buffer.concat([head, Buffer.from([0xff, 0xff, 0xff, 0xff])]);
  packet.writeUInt32BE(0x8000_0000, packet.length - 8);
  assert.deepEqual(parseRequest(packet), { kind: 'malformed', id: 1 });
});

test('a name that is not UTF-8 keeps its bytes', () => {
  const name = Buffer.from([0x2f, 0xff, 0xfe]);
  const packet = Buffer.concat([Buffer.from([17, 0, 0, 0, 1, 0, 0, 0, 3]), name]);
  const request = parseRequest(packet);
  assert.ok(request.kind === 'stat');
  assert.deepEqual(formatRequest(request).subarray(4), packet);
});

test('an unknown request, and an unknown extension, are told from malformed ones', () => {
  assert.deepEqual(parseRequest(Buffer.from([99, 0, 0, 0, 5])), { kind: 'unknown', id: 5 });
  const extension = Buffer.concat([Buffer.from([200, 0, 0, 0, 6, 0, 0, 0, 8]), Buffer.from('toString')]);
  assert.deepEqual(parseRequest(extension), { kind: 'unknown', id: 6 });
});

test('packets are cut out of a stream, however it comes', () => {
  const property = fc.property(
    fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 20 }),
    fc.infiniteStream(fc.integer({ min: 1, max: 70 })),
    (packets, sizes) => {
      const stream = Buffer.concat(
        packets.flatMap((packet) => {
          const head = Buffer.alloc(4);
          head.writeUInt32BE(packet.length);
          return [head, packet];
        }),
      );
      const splitter = new PacketSplitter(50);
      const read: Buffer[] = [];
      for (let at = 0; at < stream.length; ) {
        const { value: size } = sizes.next();
        read.push(...splitter.push(stream.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual(
        read.map((each) => [...each]),
        packets.map((each) => [...each]),
      );
      assert.ok(splitter.isBetweenPackets);
    },
  );
  fc.assert(property);
});

for (const [name, length] of [
  ['empty', 0],
  ['longer than allowed', 51],
  ['longer than any memory', 0xffff_ffff],
] as const) {
  test(`a packet that is ${name} is refused by its length alone`, () => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(length);
    assert.throws(() => [...new PacketSplitter(50).push(head)], MalformedPacket);
  });
}

test('the first packet tells a version, and any other one is no first packet', () => {
  const [packet = Buffer.alloc(1)] = new PacketSplitter(100).push(formatInit(6));
  assert.equal(parseInit(packet), 6);
  assert.equal(parseInit(Buffer.from([3, 0, 0, 0, 3])), undefined);
  assert.throws(() => parseInit(Buffer.from([1, 0])), MalformedPacket);
});

test('a data reply uses the memory that its bytes were read into', () => {
  const room = roomForData(10);
  room.write('abc', DATA_HEAD_BYTES);
  const reply = dataReply(9, room, 3);
  assert.equal(reply.buffer, room.buffer);
  const reader = new ByteReader(reply);
  assert.deepEqual([reader.uint32(), reader.uint8(), reader.uint32()], [12, 103, 9]);
  assert.equal(reader.string().toString(), 'abc');
});

test('a status tells its number and a text', () => {
  const reader = new ByteReader(sftpReply.status(3, 'permission-denied', 'no'));
  assert.deepEqual([reader.uint32(), reader.uint8(), reader.uint32(), reader.uint32()], [21, 101, 3, 3]);
  assert.deepEqual([reader.string().toString(), reader.string().toString(), reader.isAtEnd], ['no', 'en', true]);
});
