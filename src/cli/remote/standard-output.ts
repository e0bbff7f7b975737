import process from 'node:process';
import { Writable } from 'node:stream';

/** Standard output as a sink that may be ended: more can follow in another one. */
export function standardOutputSink(): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      process.stdout.write(chunk, done);
    },
  });
}
