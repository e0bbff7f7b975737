import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tellsEndings } from '../node-internals/endings-probe.ts';
import { nativeDetector, nativeEndings } from '../node-internals/native-detector.ts';
import { tunnelDetector, tunnelEndings } from '../node-internals/tunnel-detector.ts';
import { cheapDetector, EndDetection } from './end-detector.ts';
import type { EndDetector } from './end-of-stream.ts';
import { captured, type Peer, readFast, watchedPair } from './end-of-stream-fixture.test.ts';
import { alertsBehind, closeNotify, userCanceled } from './tls-alerts-fixture.test.ts';

// First: in this process nothing was tried before.
test('what a connection does not need is not tried', async () => {
  assert.notEqual(await new EndDetection().forFlow('receive'), nativeDetector);
  assert.equal(tunnelEndings.works, true);
  assert.equal(nativeEndings.works, undefined);
});

test('the start-up check passes for both detectors and fails for one that believes everything', async () => {
  const credulous: EndDetector = (tcp, start) => ({ stream: start(tcp), ending: () => 'clean' });
  assert.equal(await tellsEndings(nativeDetector), true);
  assert.equal(await tellsEndings(tunnelDetector), true);
  assert.equal(await tellsEndings(credulous), false);
  assert.equal(await cheapDetector(), nativeDetector);
});

describe('the data connections of one control connection', () => {
  const data = Buffer.from('all of it');
  const ordinary = async (peer: Peer) => void peer.gate.tcp.end(await captured(peer, () => peer.tls.end(data)));
  const asJava = async (peer: Peer) =>
    void peer.gate.tcp.end(await alertsBehind(peer, data, [userCanceled, closeNotify]));
  const cut = async (peer: Peer) => {
    await captured(peer, () => peer.tls.end(data));
    peer.gate.tcp.end();
  };

  async function ending(detection: EndDetection, end: (peer: Peer) => Promise<void>): Promise<string | undefined> {
    const { watched, peer } = await watchedPair(await detection.forFlow('receive'), 'server', 'TLSv1.3');
    const read = readFast(watched);
    await end(peer);
    const told = await read;
    for (const socket of [watched.stream, peer.tls, peer.gate.tcp]) socket.destroy();
    return told;
  }

  test('cost nothing once Node has told of a close_notify of this peer', async () => {
    const detection = new EndDetection();
    assert.notEqual(await detection.forFlow('receive'), nativeDetector);
    assert.equal(await ending(detection, ordinary), 'clean');
    assert.equal(await detection.forFlow('receive'), nativeDetector);
    assert.equal(await ending(detection, ordinary), 'clean');
    assert.equal(await ending(detection, cut), 'cut');
  });

  test("go on to be looked at where Node does not tell of it, or where nothing was seen yet: Java's and cut ones", async () => {
    const detection = new EndDetection();
    for (const round of [1, 2, 3]) {
      assert.equal(await ending(detection, cut), 'cut', `round ${round}`);
      assert.equal(await ending(detection, asJava), 'clean', `round ${round}`);
    }
  });

  test('cost nothing where they send', async () => {
    assert.equal(await new EndDetection().forFlow('send'), nativeDetector);
  });
});
