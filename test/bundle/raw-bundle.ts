import { createHash } from 'node:crypto';
import { encodeFrame, type Frame, FrameReader, itemHead, parseItemResult } from '../../src/protocol/index.ts';
import type { RawClient, RawReply } from '../../src/testing/raw-client.ts';

/** What came of one bundle: the frames of the server, and its last word on the control connection. */
export interface Exchanged {
  readonly frames: readonly Frame[];
  readonly reply: RawReply;
}

export interface Cut {
  /** Sent on the data connection, as it is. */
  readonly bytes: Uint8Array;
  /** How our side goes on behind it. Default: it waits for the end of the server's stream. */
  readonly behind?: 'end' | 'cut' | 'reset';
}

/** Carries out one BNDL by hand. */
export async function exchange(client: RawClient, command: string, { bytes, behind }: Cut): Promise<Exchanged> {
  const port = await client.passive();
  await using data = await client.data(port);
  client.send(command);
  const sent = behind === 'end' ? data.send(bytes) : data.write(bytes);
  const received = behind === undefined ? data.receive() : Promise.resolve(Buffer.alloc(0));
  await sent.catch(() => undefined);
  if (behind === 'reset') data.reset();
  if (behind === 'cut') data.tcp.end();
  const reply = await client.outcome();
  return { frames: new FrameReader().push(await received), reply };
}

/** One file as an uploading client sends it. */
export function fileFrames(
  path: string,
  content: Uint8Array | string,
  facts: { readonly modified?: Date } = {},
): Buffer {
  const bytes = Buffer.from(content);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return Buffer.concat([
    encodeFrame('head', itemHead.format({ path, size: bytes.length, ...facts })),
    ...(bytes.length > 0 ? [encodeFrame('data', bytes)] : []),
    encodeFrame('end', `SHA-256=${sha256}`),
  ]);
}

/** One directory as an uploading client sends it. */
export function directoryFrames(path: string): Buffer {
  return Buffer.concat([
    encodeFrame('head', itemHead.format({ path, isDirectory: true })),
    encodeFrame('end', `SHA-256=${createHash('sha256').digest('hex')}`),
  ]);
}

export function done(count: number): Buffer {
  return encodeFrame('done', String(count));
}

export function request(path: string, facts: { readonly start?: number; readonly most?: number } = {}): Buffer {
  return encodeFrame('head', itemHead.format({ path, ...facts }));
}

/** The codes of the results that came. */
export function codesOf(frames: readonly Frame[]): readonly number[] {
  return frames.flatMap(({ type, payload }) =>
    type === 'result' ? [parseItemResult(String(payload)).reply.code] : [],
  );
}

/** Each frame as its type and its text, data by its length. */
export function shown(frames: readonly Frame[]): readonly string[] {
  return frames.map(({ type, payload }) => `${type} ${type === 'data' ? payload.length : String(payload)}`);
}
