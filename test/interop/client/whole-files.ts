import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Client } from '../../../src/client/index.ts';
import { digestOf } from '../sample-files.ts';
import type { Setting } from './cells.ts';
import { LARGE, type Scenarios, sha256 } from './scenario.ts';

/** Nothing, one byte, a few TLS records, and more than fits on the way. */
const SIZES = [0, 1, 70_000, LARGE.length] as const;

type Upload = (setting: Setting, bytes: Buffer, name: string) => Promise<unknown>;
type Download = (setting: Setting, name: string) => Promise<Buffer>;

const UPLOADS: { readonly [source: string]: Upload } = {
  async path({ client, local }, bytes, name) {
    await writeFile(local(name), bytes);
    return client.upload(local(name), name);
  },
  Buffer: ({ client }, bytes, name) => client.upload(bytes, name),
  stream: ({ client }, bytes, name) => client.upload(Readable.from([bytes], { objectMode: false }), name),
};

const DOWNLOADS: { readonly [sink: string]: Download } = {
  async path({ client, local }, name) {
    await client.download(name, local(`${name}.back`));
    return readFile(local(`${name}.back`));
  },
  Buffer: ({ client }, name) => client.readBuffer(name),
  stream: async ({ client }, name) => buffer(await client.read(name)),
};

export const wholeFiles: Scenarios = Object.fromEntries([
  ...Object.entries(UPLOADS).map(([source, upload]) => [
    `files of every size go up from a ${source}`,
    async (setting: Setting) => {
      for (const size of SIZES) {
        const bytes = LARGE.subarray(LARGE.length - size);
        const name = `up-${source}-${size}`;
        await upload(setting, bytes, name);
        assert.equal(await digestOf(setting.remote(name)), sha256(bytes), name);
      }
    },
  ]),
  ...Object.entries(DOWNLOADS).map(([sink, download]) => [
    `files of every size come down into a ${sink}`,
    async (setting: Setting) => {
      for (const size of SIZES) {
        const bytes = LARGE.subarray(LARGE.length - size);
        const name = `down-${sink}-${size}`;
        await writeFile(setting.remote(name), bytes);
        assert.equal(sha256(await download(setting, name)), sha256(bytes), name);
      }
    },
  ]),
  [
    'twenty small transfers in a row do not run out of sessions',
    async ({ client, log, options }: Setting) => {
      const begin = log.length;
      for (let round = 0; round < 10; round += 1) await exchange(client, `small ${round}`);
      const data = log.slice(begin).filter((entry) => entry.event === 'data');
      assert.equal(data.length, 20);
      const resumed = data.filter((entry) => entry.resumed);
      assert.equal(resumed.length, options.sessionReuse === 'require' ? 20 : 0);
    },
  ],
]);

async function exchange(client: Client, text: string): Promise<void> {
  await client.upload(Buffer.from(text), 'small');
  assert.equal(String(await client.readBuffer('small')), text);
}
