import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Files, limitsWith, ROOT, resolvePath } from '../../src/core/index.ts';
import { accountFiles, QuotaCounters } from '../../src/files/index.ts';
import { account } from '../../src/identity/index.ts';
import {
  MalformedPacket,
  PacketSplitter,
  parseInit,
  parseRequest,
  type SftpRequest,
} from '../../src/protocol/index.ts';
import { KeyedLimiter } from '../../src/server/index.ts';
import { ByteBudget } from '../../src/sftp/byte-budget.ts';
import { converse } from '../../src/sftp/conversation.ts';
import { HandleCount, Handles } from '../../src/sftp/handles/handles.ts';
import type { SftpSettings } from '../../src/sftp/options.ts';
import { REQUESTS } from '../../src/sftp/requests/index.ts';
import { memoryStorage } from '../../src/storage/index.ts';
import { FuzzedPackets } from './sftp-fuzzed-packets.ts';

/** `npm run fuzz:sftp` sends a million. */
const PACKETS = Number(process.env['LOCKPORT_FUZZ_PACKETS'] ?? 10_000);
const SEED = Number(process.env['LOCKPORT_FUZZ_SEED'] ?? 1);
/** Of one conversation, unless a packet of it ends it before. */
const PACKETS_AT_ONCE = 400;
/** Files are made anew after so many, so that those of hostile names do not become many. */
const CONVERSATIONS_ON_FILES = 20;
const MAX_BYTES_IN_USE = 400e6;

test(`${PACKETS} hostile packets are each answered once, and leave nothing behind (seed ${SEED})`, async (context) => {
  const packets = new FuzzedPackets(SEED);
  const counts = { packets: 0, conversations: 0, replies: 0, refused: 0 };
  let bytesInUse = 0;
  let files = await makeFiles();
  const began = performance.now();
  while (counts.packets < PACKETS) {
    if (counts.conversations % CONVERSATIONS_ON_FILES === 0) files = await makeFiles();
    const outcome = await talk(packets, files);
    counts.packets += outcome.packets;
    counts.conversations += 1;
    counts.replies += outcome.replies;
    counts.refused += outcome.refused;
    const { heapUsed, external } = process.memoryUsage();
    bytesInUse = Math.max(bytesInUse, heapUsed + external);
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  context.diagnostic(`${JSON.stringify(counts)} in ${seconds} s, at most ${Math.round(bytesInUse / 1e6)} MB in use`);
  assert.ok(bytesInUse < MAX_BYTES_IN_USE, `${bytesInUse} bytes were in use`);
});

interface Talked {
  readonly packets: number;
  readonly replies: number;
  readonly refused: number;
}

/** One conversation, from its first packet to the end of everything that it began. */
async function talk(packets: FuzzedPackets, files: Files): Promise<Talked> {
  const limits = limitsWith({ maxSftpHandles: 8, sftpUploadEndMs: 1 });
  const sent = Buffer.concat([packets.first(), ...Array.from({ length: PACKETS_AT_ONCE }, () => packets.next())]);
  const expected = expectedOf(sent, limits.maxSftpPacketBytes);
  const replied: number[] = [];
  let refused = 0;
  const count = new HandleCount(limits.maxSftpHandles);
  const handles = new Handles(count);
  const over = new AbortController();
  const channel = {
    incoming: inParts(sent, packets),
    signal: over.signal,
    async write(bytes: Uint8Array) {
      replied.push(Buffer.from(bytes).readUInt32BE(5));
    },
    close: () => over.abort(),
  };
  const user = {
    account: account('alice'),
    files,
    policy: { sessionReuse: 'off', endOfStream: 'strict' },
    settings: { limits, symlinks: true, digests: new KeyedLimiter() } as unknown as SftpSettings,
    handles,
    publish: () => undefined,
    signal: over.signal,
  } as const;
  await converse(channel, user, {
    budget: new ByteBudget(limits.maxSftpBytesInFlight),
    trouble: undefined,
    begun: () => undefined,
    recorded: async () => undefined,
    ended: (request, { status, error }) => {
      if (status !== 0) refused += 1;
      assert.equal(error, undefined, `${JSON.stringify(request)} failed: ${error instanceof Error ? error.stack : ''}`);
    },
  });
  await handles.abandon({ ending: 'cut', reason: 'the channel has ended' });
  assert.ok(count.isZero, 'handles were left open');
  // The first is the version.
  demandAnswers(expected, replied.slice(1));
  return { packets: expected.length + 1, replies: replied.length, refused };
}

/** Each request has one reply, but that what waits for the end of an upload when the channel ends is answered no more. */
function demandAnswers(requests: readonly SftpRequest[], replied: readonly number[]): void {
  const times = new Map<number, number>();
  for (const id of replied) times.set(id, (times.get(id) ?? 0) + 1);
  for (const { id, kind } of requests) {
    const left = times.get(id) ?? 0;
    assert.ok(left > 0 || REQUESTS[kind].awaitsUploads, `request ${id} (${kind}) was not answered`);
    times.set(id, left - 1);
  }
  assert.ok(
    [...times.values()].every((left) => left <= 0),
    'more was answered than asked',
  );
}

/** What has to be answered: all that can be read before the first packet that ends the conversation. */
function expectedOf(sent: Buffer, maxPacketBytes: number): readonly SftpRequest[] {
  const requests: SftpRequest[] = [];
  try {
    let hasBegun = false;
    for (const packet of new PacketSplitter(maxPacketBytes).push(sent)) {
      if (hasBegun) requests.push(parseRequest(packet));
      else if (parseInit(packet) === undefined) break;
      hasBegun = true;
    }
  } catch (error) {
    if (!(error instanceof MalformedPacket)) throw error;
  }
  return requests;
}

/** As a socket might give it. */
async function* inParts(sent: Buffer, packets: FuzzedPackets): AsyncGenerator<Buffer> {
  for (let at = 0; at < sent.length; ) {
    const length = 1 + packets.below(packets.below(3) === 0 ? 10 : 30_000);
    yield sent.subarray(at, at + length);
    at += length;
  }
}

async function makeFiles(): Promise<Files> {
  const storage = memoryStorage();
  const files = accountFiles({
    mounts: [{ at: ROOT, storage }],
    account: account('alice', { quota: { bytes: 1_000_000, files: 500 } }),
    counters: new QuotaCounters(storage),
    onChange: () => undefined,
  });
  for (const directory of ['/d', '/d/e']) await files.makeDirectory(resolvePath(ROOT, directory));
  for (const name of ['/a', '/b', '/d/g']) {
    const file = await files.openWrite(resolvePath(ROOT, name));
    await file.write(Buffer.alloc(1000, name), 0);
    await file.commit();
  }
  return files;
}
