import { createHash } from 'node:crypto';
import { decodeText, type VirtualPath } from '../../core/index.ts';
import {
  BundleFailure,
  dataFrames,
  encodeFrame,
  type FrameQueue,
  type FrameStream,
  formatItemEnd,
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

/** A directory to be made there. */
interface OutgoingDirectory {
  readonly path: VirtualPath;
  /** How often it was put on its way: more than once, or without a result, it may have been made before. */
  sendings: number;
}

export type OutgoingItem = OutgoingFile | OutgoingDirectory;

/** Stores files and makes directories, as long as there are some. @throws ClientError */
export async function storeItems(
  { connection }: SignedIn,
  feed: Feed<OutgoingItem, ItemResult>,
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
        count = await sendItems(feed, outgoing);
      },
      read: (incoming) => readResults(incoming, feed, () => count),
      stop: feed.stop,
    });
  } catch (error) {
    if (error instanceof ClientError && error.reply) takeRepeated(error.reply, feed);
    throw error;
  }
}

async function sendItems(feed: Feed<OutgoingItem, ItemResult>, outgoing: FrameQueue): Promise<number> {
  let count = 0;
  for (let item = await feed.next(); item; item = await feed.next()) {
    count += 1;
    if ('sendings' in item) item.sendings += 1;
    await outgoing.push('sendings' in item ? directoryFrames(item) : fileFrames(item));
  }
  await outgoing.push(encodeFrame('done', String(count)));
  return count;
}

function fileFrames({ path, content, modified }: OutgoingFile): Buffer {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return Buffer.concat([
    encodeFrame('head', itemHead.format({ path, size: content.length, ...(modified && { modified }) })),
    ...dataFrames(content),
    encodeFrame('end', formatItemEnd({ sha256 })),
  ]);
}

function directoryFrames({ path }: OutgoingDirectory): Buffer {
  return Buffer.concat([
    encodeFrame('head', itemHead.format({ path, isDirectory: true })),
    encodeFrame('end', formatItemEnd({ sha256: SHA256_OF_NOTHING })),
  ]);
}

const SHA256_OF_NOTHING = createHash('sha256').digest('hex');

async function readResults(
  incoming: FrameStream,
  feed: Feed<OutgoingItem, ItemResult>,
  sent: () => number,
): Promise<void> {
  for (let count = 0; ; count += 1) {
    const frame = await incoming.next();
    if (frame === undefined) throw new BundleFailure('it was cut before its end');
    const text = decodeText(frame.payload);
    if (frame.type === 'done') {
      if (parseCount(text) === count && count === sent() && feed.oldest() === undefined) return;
      throw new BundleFailure('it has another number of results than was sent');
    }
    if (frame.type !== 'result' || feed.oldest() === undefined)
      throw new BundleFailure(`a ${frame.type} frame answers nothing`);
    feed.answer(parseItemResult(text));
  }
}

/** The reply to a bundle that was cut repeats its last results: what became of files whose result was lost on the way. */
function takeRepeated({ lines }: Reply, feed: Feed<OutgoingItem, ItemResult>): void {
  for (const line of lines) {
    const [, number, code, text = ''] = /^ ?(\d{1,15}) (\d{3}) (.*)$/.exec(line) ?? [];
    if (Number(number) === feed.answered() + 1) feed.answer({ reply: reply(Number(code), text) });
  }
}
