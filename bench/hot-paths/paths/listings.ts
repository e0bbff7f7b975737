import type { Buffer } from 'node:buffer';
import { buffer } from 'node:stream/consumers';
import { decodeText, type Entry } from '../../../src/core/index.ts';
import { encodeListing, FACTS, formatFacts, formatUnixLine, ListingReader } from '../../../src/protocol/index.ts';
import { type HotPath, pure } from '../hot-path.ts';

const units = 2000;
const now = new Date('2026-01-02T03:04:05Z');

const entries = Array.from(
  { length: units },
  (_, index): Entry => ({
    name: `a file of usual length ${index}.txt`,
    kind: 'file',
    size: index * 1000,
    modified: new Date(now.getTime() - index * 3_600_000),
    mode: 0o644,
    owner: 'ftp',
    group: 'ftp',
    unique: `801g${index.toString(16)}`,
  }),
);

const forms = {
  facts: (entry: Entry) => formatFacts(entry, FACTS, { allows: () => true }),
  lines: (entry: Entry) => formatUnixLine(entry, now),
} as const;

/** A directory on its way to the client, and there. */
export const LISTINGS: readonly HotPath[] = [
  writing('MLSD: write a listing', 'facts'),
  writing('LIST: write a listing', 'lines'),
  reading('MLSD: read a listing', 'facts'),
  reading('LIST: read a listing', 'lines'),
];

function writing(name: string, format: keyof typeof forms): HotPath {
  return {
    name,
    unit: 'entry',
    units,
    prepare: pure(async () => {
      for await (const _ of listing(format));
    }),
  };
}

function reading(name: string, format: keyof typeof forms): HotPath {
  return {
    name,
    unit: 'entry',
    units,
    async prepare() {
      const bytes = await buffer(listing(format));
      return {
        run() {
          const reader = new ListingReader({ format, decode: decodeText, maxLineBytes: 8192, now });
          for (let at = 0; at < bytes.length; at += recordBytes) reader.push(bytes.subarray(at, at + recordBytes));
          reader.end();
        },
        async [Symbol.asyncDispose]() {},
      };
    },
  };
}

/** What a TLS connection brings at once. */
const recordBytes = 16_384;

function listing(format: keyof typeof forms): AsyncIterable<Buffer> {
  return encodeListing(lines(format));
}

async function* lines(format: keyof typeof forms): AsyncIterable<readonly string[]> {
  for (let start = 0; start < units; start += 500) yield entries.slice(start, start + 500).map(forms[format]);
}
