import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nativeDetector } from '../node-internals/native-detector.ts';
import { tunnelDetector } from '../node-internals/tunnel-detector.ts';
import { captured, type Peer, readFast, readSlowly, watchedPair } from './end-of-stream-fixture.test.ts';
import { alertsBehind, closeNotify, userCanceled } from './tls-alerts-fixture.test.ts';

const takesResetsForEnds = process.versions.uv.startsWith('1.51.');
const detectors = { native: nativeDetector, tunnel: tunnelDetector };

interface End {
  readonly expected: string;
  /** Told by detectors that are exact for every peer. */
  readonly isExact?: boolean;
  /** TLS 1.3 alone has it. */
  readonly isModern?: boolean;
  readonly end: (peer: Peer, data: Buffer) => Promise<void>;
}

const endings: Record<string, End> = {
  'close_notify and then the end of TCP is clean': {
    expected: 'clean',
    async end({ gate, tls }, data) {
      await new Promise((resolve) => tls.write(data, resolve));
      tls.end(() => gate.tcp.end());
    },
  },
  'close_notify in one segment with the data and the end of TCP is clean': {
    expected: 'clean',
    async end(peer, data) {
      peer.gate.tcp.end(await captured(peer, () => peer.tls.end(data)));
    },
  },
  'close_notify while TCP stays open is clean': {
    expected: 'clean',
    async end({ tls }, data) {
      tls.end(data);
    },
  },
  'user_canceled and close_notify, as Java ends, and then the end of TCP is clean': {
    expected: 'clean',
    isModern: true,
    isExact: true,
    async end(peer, data) {
      const alerts = await alertsBehind(peer, data, [userCanceled, closeNotify]);
      peer.gate.tcp.end(alerts);
    },
  },
  'user_canceled and the end of TCP is cut': {
    expected: 'cut',
    isModern: true,
    async end(peer, data) {
      const alerts = await alertsBehind(peer, data, [userCanceled]);
      peer.gate.tcp.end(alerts);
    },
  },
  'user_canceled and a close_notify that was altered on the way is cut': {
    expected: 'cut',
    isModern: true,
    async end(peer, data) {
      const alerts = await alertsBehind(peer, data, [userCanceled, closeNotify]);
      alerts.writeUInt8(alerts.readUInt8(alerts.length - 1) ^ 1, alerts.length - 1);
      peer.gate.tcp.end(alerts);
    },
  },
  'user_canceled and a close_notify that arrives in part is cut': {
    expected: 'cut',
    isModern: true,
    async end(peer, data) {
      const alerts = await alertsBehind(peer, data, [userCanceled, closeNotify]);
      peer.gate.tcp.end(alerts.subarray(0, -1));
    },
  },
  'the end of TCP alone is cut': {
    expected: 'cut',
    async end({ gate, tls }, data) {
      await new Promise((resolve) => tls.write(data, resolve));
      gate.tcp.end();
    },
  },
  'the end of TCP in the middle of a record is cut': {
    expected: 'cut',
    async end(peer, data) {
      const bytes = await captured(peer, () => peer.tls.write(data));
      peer.gate.tcp.end(bytes.subarray(0, -7));
    },
  },
  'the end of TCP in the header of a record is cut': {
    expected: 'cut',
    async end(peer, data) {
      const bytes = await captured(peer, () => peer.tls.write(data));
      const more = await captured(peer, () => peer.tls.write('more'));
      peer.gate.tcp.end(Buffer.concat([bytes, more.subarray(0, 3)]));
    },
  },
  'the end of TCP behind the header of a record of 0 bytes, which is none, is cut': {
    expected: 'cut',
    async end({ gate, tls }, data) {
      await new Promise((resolve) => tls.write(data, resolve));
      gate.tcp.end(Buffer.from([23, 3, 3, 0, 0]));
    },
  },
  'the end of TCP behind the header of a record of 18432 bytes, which is none, is cut': {
    expected: 'cut',
    async end({ gate, tls }, data) {
      await new Promise((resolve) => tls.write(data, resolve));
      gate.tcp.end(Buffer.from([23, 3, 3, 72, 0]));
    },
  },
  'the end of TCP behind the header of a record of 65535 bytes, which is none, is cut': {
    expected: 'cut',
    async end({ gate, tls }, data) {
      await new Promise((resolve) => tls.write(data, resolve));
      gate.tcp.end(Buffer.from([23, 3, 3, 255, 255]));
    },
  },
  'a record that was altered on the way is cut': {
    expected: 'cut',
    async end(peer, data) {
      const bytes = await captured(peer, () => peer.tls.write(data));
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      peer.gate.tcp.write(bytes);
    },
  },
  'a close_notify that was dropped on the way is cut': {
    expected: 'cut',
    async end(peer, data) {
      await new Promise((resolve) => peer.tls.write(data, resolve));
      await captured(peer, () => peer.tls.end());
      peer.gate.tcp.end();
    },
  },
  'a reset is a reset': {
    expected: 'reset',
    async end({ gate, tls }, data) {
      await new Promise((resolve) => tls.write(data, resolve));
      gate.tcp.resetAndDestroy();
    },
  },
};

for (const [name, detector] of Object.entries(detectors)) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const side of ['server', 'client'] as const) {
      describe(`${name} detector, ${version}, as ${side}`, () => {
        for (const [title, { expected, isExact, isModern, end }] of Object.entries(endings)) {
          if (isModern && version === 'TLSv1.2') continue;
          // Strict all the same: what it can't prove is cut.
          const told = isExact && detector === nativeDetector ? 'cut' : expected;
          for (const [reader, size] of [
            ['fast', 10],
            ['fast', 300_000],
            ['slow', 10],
            ['slow', 300_000],
          ] as const) {
            test(`${title} (${reader} reader, ${size} bytes)`, async () => {
              const { watched, peer } = await watchedPair(detector, side, version);
              const ended = end(peer, Buffer.alloc(size, 'x'));
              const read = reader === 'fast' ? readFast(watched) : readSlowly(watched, ended);
              const ending = await read;
              // libuv before 1.52 (Node 22) takes some resets for the end of TCP; never for a clean one.
              if (told === 'reset' && takesResetsForEnds) assert.notEqual(ending, 'clean');
              else assert.equal(ending, told);
              await ended;
              for (const socket of [watched.stream, peer.tls, peer.gate.tcp]) socket.destroy();
            });
          }
        }
      });
    }
  }
}

test('a close_notify without its last byte is cut, also where the byte that OpenSSL is shown instead is the right one', async () => {
  for (;;) {
    const { watched, peer } = await watchedPair(tunnelDetector, 'server', 'TLSv1.2');
    const bytes = await captured(peer, () => peer.tls.end('all of it'));
    if (bytes.at(-1) !== 0) {
      peer.gate.tcp.destroy();
      continue;
    }
    peer.gate.tcp.end(bytes.subarray(0, -1));
    assert.equal(await readFast(watched), 'cut');
    return;
  }
});
