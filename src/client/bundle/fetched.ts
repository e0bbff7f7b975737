import { createHash } from 'node:crypto';
import { decodeText, type VirtualPath } from '../../core/index.ts';
import {
  BundleFailure,
  encodeFrame,
  type Frame,
  type FrameStream,
  type ItemHead,
  itemHead,
  parseCount,
  parseItemEnd,
  type Reply,
} from '../../protocol/index.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import type { Feed } from './lane.ts';
import { runBundle } from './run-bundle.ts';

/** A small file that is wanted. */
export interface WantedFile {
  readonly path: VirtualPath;
  /** Bytes; a larger one does not come. */
  readonly most: number;
}

/** What came of it: all of it, compared; or the server's refusal; or content that is not what its sender says. */
export type FetchedFile =
  | { readonly content: Uint8Array; readonly modified: Date | undefined }
  | { readonly refusal: Reply }
  | { readonly differs: 'wrong-size' | 'wrong-checksum' };

/** Fetches files, as long as some are wanted. @throws ClientError */
export function fetchFiles(
  { connection }: SignedIn,
  feed: Feed<WantedFile, FetchedFile>,
  signal: AbortSignal,
): Promise<void> {
  let count = 0;
  return runBundle(connection, {
    word: 'RETR',
    direction: 'download',
    signal,
    async send(outgoing) {
      feed.begin();
      count = 0;
      for (let file = await feed.next(); file; file = await feed.next()) {
        count += 1;
        await outgoing.push(encodeFrame('head', itemHead.format(file)));
      }
      await outgoing.push(encodeFrame('done', String(count)));
    },
    read: (incoming) => readFiles(incoming, feed, () => count),
    stop: feed.stop,
  });
}

async function readFiles(
  incoming: FrameStream,
  feed: Feed<WantedFile, FetchedFile>,
  asked: () => number,
): Promise<void> {
  for (let count = 0; ; count += 1) {
    const frame = await nextFrame(incoming);
    if (frame.type === 'done') {
      if (parseCount(decodeText(frame.payload)) === count && count === asked() && feed.oldest() === undefined) return;
      throw new BundleFailure('it has another number of files than were asked for');
    }
    const wanted = feed.oldest();
    const head = headOf(frame);
    // What was not asked for has no place here.
    if (wanted === undefined || head.path !== wanted.path) throw new BundleFailure('a file was not asked for');
    feed.answer(await readFile(incoming, head, wanted.most));
  }
}

/** Its bytes go to where they stay, however small the pieces are that they come in. */
async function readFile(incoming: FrameStream, { size = 0, modified }: ItemHead, most: number): Promise<FetchedFile> {
  const content = Buffer.allocUnsafe(Math.min(size, most));
  let bytes = 0;
  for (;;) {
    const { type, payload } = await nextFrame(incoming);
    if (type === 'data') {
      payload.copy(content, bytes);
      bytes += payload.length;
      if (bytes > most) throw new BundleFailure(`a file has more than the ${most} bytes that were asked for`);
    } else if (type === 'end') {
      const end = parseItemEnd(decodeText(payload));
      if ('failure' in end) return { refusal: end.failure };
      if (bytes !== size) return { differs: 'wrong-size' };
      if (createHash('sha256').update(content).digest('hex') !== end.sha256) return { differs: 'wrong-checksum' };
      return { content, modified };
    } else {
      throw new BundleFailure(`a ${type} frame stands within a file`);
    }
  }
}

async function nextFrame(incoming: FrameStream): Promise<Frame> {
  const frame = await incoming.next();
  if (frame === undefined) throw new BundleFailure('it was cut before its end');
  return frame;
}

function headOf({ type, payload }: Frame): ItemHead {
  if (type !== 'head') throw new BundleFailure(`a ${type} frame belongs to no file`);
  try {
    return itemHead.parse(decodeText(payload));
  } catch {
    throw new BundleFailure('a head has facts that can not be');
  }
}
