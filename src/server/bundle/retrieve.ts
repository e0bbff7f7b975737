import type { Readable } from 'node:stream';
import {
  background,
  decodeText,
  type Entry,
  entryOfSource,
  type TlsFacts,
  type VirtualPath,
} from '../../core/index.ts';
import {
  BoundedQueue,
  BundleFailure,
  dataFrames,
  encodeFrame,
  type FrameQueue,
  type FrameStream,
  formatItemEnd,
  type ItemEnd,
  type ItemHead,
  itemHead,
  MAX_DATA_BYTES,
  parseCount,
  type Reply,
  reply,
} from '../../protocol/index.ts';
import { itemRefusalWithoutRecords, requireRecord } from '../unrecorded.ts';
import type { UserSession } from '../user-session.ts';
import { ItemTransfer } from './item-transfer.ts';
import { type Frames, overFrames, refusalFor, tellRefusedItem } from './over-frames.ts';

/** Sends the files that are asked for, in the order of asking; each that can't be had says why. */
export function retrieveBundle(user: UserSession): Promise<Reply> {
  return overFrames(user, 'download', 'Say what is wanted', async ({ incoming, outgoing, tls, atWork }) => {
    const wanted = new Requests(user, atWork);
    const requested = wanted.read(incoming);
    background(requested, () => undefined);
    let count = 0;
    let sent = 0;
    try {
      for (let file = await wanted.next(); file; file = await wanted.next()) {
        count += 1;
        if (await sendFile(user, file, outgoing, tls)) sent += 1;
        atWork.files -= 1;
      }
      await send(outgoing, [encodeFrame('done', String(count))]);
      return reply(226, `Sent ${sent} of ${count} files`);
    } finally {
      await wanted.leave();
    }
  });
}

/** A file that was asked for, open; or why it can't be had. */
type Wanted = { readonly head: ItemHead } & (
  | { readonly path: VirtualPath; readonly entry: Entry; readonly content: Content }
  | { readonly refusal: Reply }
);

/** Opens files ahead of their turn, as many as is allowed. */
class Requests {
  readonly #user: UserSession;
  readonly #atWork: Frames['atWork'];
  readonly #opening: BoundedQueue<{ readonly file: Promise<Wanted> }>;
  readonly #untaken = new Set<Promise<Wanted>>();

  constructor(user: UserSession, atWork: Frames['atWork']) {
    this.#user = user;
    this.#atWork = atWork;
    this.#opening = new BoundedQueue(user.session.settings.limits.maxBundleFilesAtOnce);
  }

  /** Reads requests to their end. Whoever takes the files hears of what it fails with. */
  async read(incoming: FrameStream): Promise<void> {
    try {
      for (let count = 0; ; count += 1) {
        const frame = await incoming.next();
        if (frame === undefined) throw new BundleFailure('The requests were cut before their end');
        const text = decodeText(frame.payload);
        if (frame.type === 'done' && parseCount(text) === count) break;
        if (frame.type !== 'head') throw new BundleFailure('This is no request, or the end of other ones');
        const file = open(this.#user, headOf(text));
        this.#atWork.files += 1;
        this.#untaken.add(file);
        // The last one may come when nobody wants it any more.
        if (!(await this.#opening.push({ file }))) return closeFile(await file);
      }
      this.#opening.end();
    } catch (error) {
      this.#opening.fail(error);
    }
  }

  async next(): Promise<Wanted | undefined> {
    const opening = await this.#opening.next();
    if (opening) this.#untaken.delete(opening.file);
    return opening?.file;
  }

  /** Closes what was opened and is not wanted any more. */
  async leave(): Promise<void> {
    this.#opening.leave();
    for (const file of await Promise.all(this.#untaken)) closeFile(file);
  }
}

function closeFile(file: Wanted): void {
  if ('content' in file) file.content.close();
}

/** @throws BundleFailure */
function headOf(text: string): ItemHead {
  try {
    return itemHead.parse(text);
  } catch (cause) {
    throw new BundleFailure('A request has facts that can not be', { cause });
  }
}

/** Never rejects: what went wrong is the answer to this request. */
async function open(user: UserSession, head: ItemHead): Promise<Wanted> {
  const { files, session } = user;
  const { start = 0, most = Number.POSITIVE_INFINITY, path: given } = head;
  const { signal } = session;
  const unrecorded = itemRefusalWithoutRecords(user);
  if (unrecorded) return { head, refusal: unrecorded };
  let path: VirtualPath | undefined;
  try {
    path = user.resolveFile(given);
    const entry = await files.stat(path, { signal });
    if (entry.size > most)
      return { head, refusal: reply(552, `The file has ${entry.size} bytes, more than is wanted`) };
    // RFC 3659 section 5.4. Without this it would pass for a file whose rest is empty.
    if (entry.kind === 'file' && start > entry.size)
      return { head, refusal: reply(554, `The file has ${entry.size} bytes, fewer than Rest says`) };
    // Up to the end that its head tells: what is added meanwhile is another version.
    const range = entry.kind === 'file' ? { start, end: Math.max(start, entry.size) } : { start };
    return { head, path, entry, content: new Content(await files.read(path, { ...range, signal })) };
  } catch (error) {
    const refusal = refusalFor(user, error);
    tellRefusedItem(user, path, refusal);
    return { head, refusal };
  }
}

/** The bytes of a file. The first ones are read at once. */
class Content {
  /** The file that is read, where the storage tells. */
  readonly entry: Entry | undefined;
  readonly #source: Readable;
  readonly #iterator: AsyncIterator<Uint8Array>;
  #first: Promise<IteratorResult<Uint8Array>> | undefined;

  constructor(source: Readable) {
    this.entry = entryOfSource(source);
    this.#source = source;
    this.#iterator = source[Symbol.asyncIterator]();
    this.#first = this.#iterator.next();
    background(this.#first, () => undefined);
  }

  async next(): Promise<Uint8Array | undefined> {
    const result = await (this.#first ?? this.#iterator.next());
    this.#first = undefined;
    return result.done ? undefined : result.value;
  }

  close(): void {
    this.#source.destroy();
  }
}

/** Gives whether the file was sent whole. What went wrong is told in the file's end. */
async function sendFile(
  user: UserSession,
  file: Wanted,
  outgoing: FrameQueue,
  tls: TlsFacts | undefined,
): Promise<boolean> {
  const { path: asked } = file.head;
  if ('refusal' in file) {
    const head = encodeFrame('head', itemHead.format({ path: asked }));
    const end = encodeFrame('end', formatItemEnd({ failure: file.refusal }));
    await send(outgoing, [head, end]);
    return false;
  }
  const { head, path, entry, content } = file;
  const { start = 0 } = head;
  const { size, modified, mode } = entry;
  const transfer = new ItemTransfer(user, 'download', path, start);
  // A small file goes as one piece.
  let frames = [
    encodeFrame('head', itemHead.format({ path: asked, size, modified, ...modeOf(mode), ...startOf(head) })),
  ];
  let held = 0;
  let end: ItemEnd;
  try {
    await requireRecord(user);
    for (let chunk = await content.next(); chunk; chunk = await content.next()) {
      transfer.add(chunk);
      frames.push(...dataFrames(chunk));
      held += chunk.length;
      if (held < MAX_DATA_BYTES) continue;
      await send(outgoing, frames);
      frames = [];
      held = 0;
    }
    end = { sha256: transfer.sha256 };
  } catch (error) {
    end = { failure: refusalFor(user, error) };
  } finally {
    content.close();
  }
  const isTaken = await outgoing.push(Buffer.concat([...frames, encodeFrame('end', formatItemEnd(end))]));
  const answer = 'failure' in end ? end.failure : reply(226, 'Sent');
  const isWhole = isTaken && 'sha256' in end;
  const ended = { ending: isWhole ? 'clean' : 'aborted', outcome: isWhole ? 'complete' : 'discarded', answer } as const;
  transfer.end({ ...ended, ...(content.entry && { entry: content.entry }) }, tls);
  if (!isTaken) throw brokenOff();
  return isWhole;
}

/** @throws BundleFailure where nobody takes it any more */
async function send(outgoing: FrameQueue, frames: readonly Buffer[]): Promise<void> {
  if (!(await outgoing.push(Buffer.concat(frames)))) throw brokenOff();
}

function brokenOff(): BundleFailure {
  return new BundleFailure('The bundle was broken off');
}

function modeOf(mode: number | undefined): Pick<ItemHead, 'mode'> {
  return mode === undefined ? {} : { mode: mode & 0o777 };
}

function startOf({ start }: ItemHead): Pick<ItemHead, 'start'> {
  return start === undefined ? {} : { start };
}
