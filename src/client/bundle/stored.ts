import { createHash } from 'node:crypto';
import { decodeText, type VirtualPath } from '../../core/index.ts';
import {
  BundleFailure,
  dataFrames,
  encodeFrame,
  type FrameQueue,
  type FrameStream,
  type ItemResult,
  itemHead,
  parseCount,
  parseItemResult,
  type Reply,
  reply,
} from '../../protocol/index.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { ClientError } from '../errors.ts';
import type { Feed } from './lane.ts';
import { runBundle } from './run-bundle.ts';

/** A small file on its way to the server. */
export interface OutgoingFile {
  readonly path: VirtualPath;
  readonly content: Uint8Array;
  readonly modified?: Date | undefined;
}

/** Stores files, as long as there are some. @throws ClientError */
export async function storeFiles(
  { connection }: SignedIn,
  feed: Feed<OutgoingFile, ItemResult>,
  signal: AbortSignal,
): Promise<void> {
  let count = 0;
  try {
    await runBundle(connection, {
      word: 'STOR',
      direction: 'upload',
      signal,
      async send(outgoing) {
        feed.begin();
        count = await sendFiles(feed, outgoing);
      },
      read: (incoming) => readResults(incoming, feed, () => count),
      stop: feed.stop,
    });
  } catch (error) {
    if (error instanceof ClientError && error.reply) takeRepeated(error.reply, feed);
    throw error;
  }
}

async function sendFiles(feed: Feed<OutgoingFile, ItemResult>, outgoing: FrameQueue): Promise<number> {
  let count = 0;
  for (let file = await feed.next(); file; file = await feed.next()) {
    count += 1;
    const { path, content, modified } = file;
    const sha256 = createHash('sha256').update(content).digest('hex');
    await outgoing.push(
      Buffer.concat([
        encodeFrame('head', itemHead.format({ path, size: content.length, ...(modified && { modified }) })),
        ...dataFrames(content),
        encodeFrame('end', `SHA-256=${sha256}`),
      ]),
    );
  }
  await outgoing.push(encodeFrame('done', String(count)));
  return count;
}

async function readResults(
  incoming: FrameStream,
  feed: Feed<OutgoingFile, ItemResult>,
  sent: () => number,
): Promise<void> {
  for (let count = 0; ; count += 1) {
    const frame = await incoming.next();
    if (frame === undefined) throw new BundleFailure('it was cut before its end');
    const text = decodeText(frame.payload);
    if (frame.type === 'done') {
      if (parseCount(text) === count && count === sent() && feed.oldest() === undefined) return;
      throw new BundleFailure('it has another number of results than files were sent');
    }
    if (frame.type !== 'result' || feed.oldest() === undefined)
      throw new BundleFailure(`a ${frame.type} frame answers nothing`);
    feed.answer(parseItemResult(text));
  }
}

/** The reply to a bundle that was cut repeats its last results: what became of files whose result was lost on the way. */
function takeRepeated({ lines }: Reply, feed: Feed<OutgoingFile, ItemResult>): void {
  for (const line of lines) {
    const [, number, code, text = ''] = /^ ?(\d{1,15}) (\d{3}) (.*)$/.exec(line) ?? [];
    if (Number(number) === feed.answered() + 1) feed.answer({ reply: reply(Number(code), text) });
  }
}
