import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { ROOT, resolvePath } from '../../../src/core/index.ts';
import { temporaryStorage } from '../../../src/testing/index.ts';
import type { HotPath } from '../hot-path.ts';
import { DataLine } from './data-line.ts';

const units = 16;
const bytes = units * 1024 * 1024;
/** What TLS brings at once. */
const record = Buffer.alloc(16_384);
const path = resolvePath(ROOT, 'file');
/** As the service has it, which is one process where nobody says otherwise. */
const OPTIONS = { durability: 'fast', processes: 'one' } as const;
const { signal } = new AbortController();

/** Bytes between a local file and TLS. */
export const TRANSFERS: readonly HotPath[] = [
  {
    name: 'RETR: local file to TLS',
    unit: 'MiB',
    units,
    async prepare() {
      const { storage, root, ...files } = await temporaryStorage();
      await writeFile(join(root, 'file'), Buffer.alloc(bytes));
      const line = await DataLine.create('download', 0);
      return {
        renew: () => line.renew(),
        run: () => line.use(async (connection) => connection.send(await storage.read(path), { signal })),
        async [Symbol.asyncDispose]() {
          await line[Symbol.asyncDispose]();
          await files[Symbol.asyncDispose]();
        },
      };
    },
  },
  {
    name: 'STOR: TLS to a local file',
    unit: 'MiB',
    units,
    // How much has come by the time when the disk is ready.
    spread: 0.05,
    async prepare() {
      const { storage, ...files } = await temporaryStorage(OPTIONS);
      const line = await DataLine.create('upload', bytes);
      return {
        renew: () => line.renew(),
        async run() {
          const upload = await storage.write(path);
          await line.use((connection) => connection.receive(upload.sink, { signal }));
          await upload.commit();
        },
        async [Symbol.asyncDispose]() {
          await line[Symbol.asyncDispose]();
          await files[Symbol.asyncDispose]();
        },
      };
    },
  },
  {
    name: 'STOR: TLS to a sink',
    unit: 'MiB',
    units,
    async prepare() {
      const line = await DataLine.create('upload', bytes);
      return {
        renew: () => line.renew(),
        run: () => line.use((connection) => connection.receive(nowhere(), { signal })),
        [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
      };
    },
  },
  {
    name: 'STOR: into a local file',
    unit: 'MiB',
    units,
    async prepare() {
      const { storage, ...files } = await temporaryStorage(OPTIONS);
      return {
        async run() {
          const upload = await storage.write(path);
          for (let sent = 0; sent < bytes; sent += record.length) {
            if (!upload.sink.write(record)) await once(upload.sink, 'drain');
          }
          await upload.commit();
        },
        [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
      };
    },
  },
];

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
