import { once } from 'node:events';
import type { Writable } from 'node:stream';
import {
  type Ending,
  type Entry,
  type TlsFacts,
  type TransferFacts,
  type Upload,
  type VirtualPath,
} from '../../core/index.ts';
import {
  BoundedQueue,
  type ItemEnd,
  type ItemHead,
  type ItemResult,
  MAX_DATA_BYTES,
  type Reply,
  reply,
  SyntaxFailure,
} from '../../protocol/index.ts';
import { DataError } from '../../transport/index.ts';
import { factsLine } from '../facts.ts';
import { shortened } from '../shortened.ts';
import { abandonment } from '../transfer.ts';
import type { UserSession } from '../user-session.ts';
import { ItemTransfer } from './item-transfer.ts';
import { refusalFor } from './over-frames.ts';

/** What comes of one file: its bytes, and behind them its end. It fails where the bundle was cut. */
export type Content = BoundedQueue<Uint8Array | ItemEnd>;

/** About as much as the longest frame; a piece of one byte takes memory, too. */
export function contentQueue(): Content {
  return new BoundedQueue(MAX_DATA_BYTES, (piece) => PIECE_BYTES + (piece instanceof Uint8Array ? piece.length : 0));
}

/** What an object of some fields and its place in a queue take, in bytes. */
const PIECE_BYTES = 256;

/**
 * Stores one file of a bundle by the same calls as STOR, and with its time and mode as MFF. It is published when its digest
 * shows that it is whole. @throws what refuses it before its first byte
 */
export async function storeFile(
  user: UserSession,
  path: VirtualPath,
  head: ItemHead,
  content: Content,
  tls: TlsFacts | undefined,
): Promise<ItemResult> {
  const { size, start = 0, modified } = head;
  if (size === undefined || start > size) throw new SyntaxFailure(501, 'A file needs its Size, not below Rest');
  const upload = await user.files.write(path, {
    ...(start > 0 && { at: start }),
    ...(modified && { modified }),
    signal: user.session.signal,
  });
  try {
    const transfer = new ItemTransfer(user, 'upload', path, start);
    const { result, ...facts } = await receive(user, content, { path, head, upload, transfer });
    transfer.end({ ...facts, answer: result.reply }, tls);
    return result;
  } finally {
    // Whatever has not ended otherwise.
    await upload.discard();
  }
}

type Ended = Pick<TransferFacts, 'ending' | 'outcome'> & { readonly result: ItemResult };

interface Receiving {
  readonly path: VirtualPath;
  readonly head: ItemHead;
  readonly upload: Upload;
  readonly transfer: ItemTransfer;
}

async function receive(user: UserSession, content: Content, receiving: Receiving): Promise<Ended> {
  const { path, head, upload, transfer } = receiving;
  try {
    const end = await pour(content, upload.sink, transfer, head);
    if ('cut' in end) return await interrupted(upload, 'The bundle was cut within this file', end.cut);
    const fault =
      'failure' in end ? `The sender gave it up: ${shortened(textOf(end.failure))}` : faultOf(transfer, head, end);
    if (fault !== undefined) return ended(reply(426, `${fault}: not stored`));
    const abandoned = await abandonment(user, true);
    if (abandoned !== undefined) return await interrupted(upload, abandoned, 'clean');
    const { replaced: _, ...entry } = await upload.commit();
    return { ending: 'clean', outcome: 'complete', result: await stored(user, path, head, entry) };
  } catch (error) {
    return ended(refusalFor(user, error));
  }
}

/** Passes the content on to the sink, at the sink's own speed. @throws what the sink fails with */
async function pour(
  content: Content,
  sink: Writable,
  transfer: ItemTransfer,
  { size = 0, start = 0 }: ItemHead,
): Promise<ItemEnd | { readonly cut: Ending }> {
  for (;;) {
    const piece = await content.next().catch((error: unknown) => ({ cut: endingOf(error) }));
    if (!(piece instanceof Uint8Array)) return piece ?? { cut: 'cut' };
    transfer.add(piece);
    if (transfer.bytes > size - start) return { failure: reply(426, 'more bytes came than its Size says') };
    if (sink.errored) throw sink.errored;
    if (!sink.write(piece)) await once(sink, 'drain');
  }
}

/** What was interrupted is kept for resuming, where the storage can, as with STOR. */
async function interrupted(upload: Upload, why: string, ending: Ending): Promise<Ended> {
  const kept = await upload.suspend();
  const answer = reply(426, `${kept ? `Kept=${kept.size}; ` : ''}${why}: not stored`);
  return { ending, outcome: kept ? 'kept-partial' : 'discarded', result: { reply: answer } };
}

function ended(answer: Reply): Ended {
  return { ending: 'clean', outcome: 'discarded', result: { reply: answer } };
}

function faultOf(
  transfer: ItemTransfer,
  { size = 0, start = 0 }: ItemHead,
  { sha256 }: { readonly sha256: string },
): string | undefined {
  if (transfer.bytes < size - start) return 'Fewer bytes came than its Size says';
  return transfer.sha256 === sha256 ? undefined : 'Its SHA-256 is another one';
}

async function stored(user: UserSession, path: VirtualPath, head: ItemHead, entry: Entry): Promise<ItemResult> {
  const { modified, mode } = head;
  const isTimed = modified === undefined || entry.modified.getTime() === modified.getTime();
  const attributes = { ...(!isTimed && { modified }), ...(mode !== undefined && { mode }) };
  const answer = reply(226, `Stored, ${entry.size} bytes`);
  const factsOf = (now: Entry) => factsLine(user, now, path, path);
  if (Object.keys(attributes).length === 0) return { reply: answer, facts: factsOf(entry) };
  try {
    await user.files.setAttributes(path, attributes, user.session);
    return { reply: answer, facts: factsOf({ ...entry, ...attributes }) };
  } catch (error) {
    return { reply: answer, facts: factsOf(entry), unset: refusalFor(user, error) };
  }
}

function endingOf(error: unknown): Ending {
  return error instanceof DataError ? error.ending : 'cut';
}

function textOf({ lines }: Reply): string {
  return lines.join(' ');
}
