import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream';

/**
 * Passes a source on to a sink at the sink's own speed, without ending the sink: whoever owns it decides what becomes
 * of it. `onBytes` is told of each piece when the sink has it, and waited for; what it throws ends this. Resolves when the
 * source ended well; rejects when either fails. The source is destroyed in the end.
 */
export async function pour(
  source: Readable,
  sink: Writable,
  onBytes: (bytes: number) => Promise<void> | void,
): Promise<void> {
  // Heard at the next write, or by whoever ends the sink.
  sink.on('error', () => {});
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    const takesMore = sink.write(chunk);
    await onBytes(chunk.length);
    // It may have room again by now, of which it tells once.
    if (!takesMore && (sink.writableNeedDrain || sink.destroyed)) await drained(sink);
  }
}

function drained(sink: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      letGo();
      resolve();
    };
    const letGo = finished(sink, { readable: false }, (error) => {
      sink.off('drain', settle);
      reject(error ?? new Error('The sink was ended'));
    });
    sink.once('drain', settle);
  });
}
