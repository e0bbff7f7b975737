import { randomBytes, randomUUID } from 'node:crypto';
import { StorageError } from '../../core/index.ts';
import type { Condition } from './bucket.ts';
import { reasonOf } from './failures.ts';
import type { MultipartBucket, OpenMultipart } from './multipart-bucket.ts';
import { MIN_PART_BYTES } from './settings.ts';

/** What a service was tried for. */
export interface S3Ability {
  readonly name: string;
  /** Whether nothing goes without it. */
  readonly isNeeded: boolean;
  readonly isThere: boolean;
  /** Why it is not there, or what follows where it is not. */
  readonly detail?: string;
}

interface Trial {
  readonly name: string;
  /** What follows where it is missing; absent: nothing goes without it. */
  readonly without?: string;
  /** @throws where the service can't */
  run(bucket: MultipartBucket, prefix: string): Promise<void>;
}

const RACES = 'of two machines that write one file at once both may be told that they were the first';

const TRIALS: readonly Trial[] = [
  {
    name: 'write and read',
    async run(bucket, prefix) {
      const bytes = randomBytes(1000);
      await bucket.put(`${prefix}file`, bytes, { kept: 'yes' });
      const { info } = await bucket.get(`${prefix}file`);
      expect(bytes.equals(await bucket.bytes(`${prefix}file`)), 'other bytes came back');
      expect(info.metadata['kept'] === 'yes', 'metadata are not kept');
      expect(info.size === 1000, 'the size is wrong');
    },
  },
  {
    name: 'read a range',
    async run(bucket, prefix) {
      await bucket.put(`${prefix}file`, Buffer.from('0123456789'));
      const range = await bucket.bytes(`${prefix}file`, { start: 3, end: 6 });
      expect(range.toString() === '345', 'other bytes came back');
    },
  },
  {
    name: 'list page by page',
    async run(bucket, prefix) {
      for (const name of ['a', 'b/c', 'b/d', 'e f+%\u00fc']) await bucket.put(`${prefix}${name}`, Buffer.from('x'));
      const found: string[] = [];
      for await (const page of bucket.pages({ prefix, byDirectory: true, max: 1 })) {
        found.push(...page.objects.map(({ key }) => key), ...page.prefixes);
      }
      const expected = ['a', 'b/', 'e f+%\u00fc'].map((name) => prefix + name);
      expect(found.join() === expected.join(), 'the listing has other entries');
    },
  },
  {
    name: 'copy',
    async run(bucket, prefix) {
      await bucket.put(`${prefix}one`, Buffer.from('copied'));
      const source = await bucket.head(`${prefix}one`);
      expect(source !== undefined, 'an object is not found');
      if (source) await bucket.copy(source, `${prefix}other`);
      expect((await bucket.bytes(`${prefix}other`)).toString() === 'copied', 'the copy has other bytes');
    },
  },
  {
    name: 'upload in parts, and find them again',
    async run(bucket, prefix) {
      await inParts(bucket, `${prefix}large`, async (upload) => {
        const parts = [
          await bucket.sendPart(upload, 1, Buffer.alloc(MIN_PART_BYTES)),
          await bucket.sendPart(upload, 2, Buffer.from('end')),
        ];
        const open = await bucket.open(upload.key);
        expect(
          open.some(({ uploadId }) => uploadId === upload.uploadId),
          'the upload is not listed',
        );
        const listed = await bucket.parts(upload);
        expect(listed.map(({ size }) => size).join() === `${MIN_PART_BYTES},3`, 'the parts are not listed');
        await bucket.complete(upload, parts, {});
        expect((await bucket.head(upload.key))?.size === MIN_PART_BYTES + 3, 'the size is wrong');
      });
    },
  },
  {
    name: 'parts copied from another object, and numbers left out',
    without: 'appends to files of 5 MiB and more, and restarts within them, fail',
    async run(bucket, prefix) {
      await bucket.put(`${prefix}source`, Buffer.alloc(MIN_PART_BYTES));
      const source = await bucket.head(`${prefix}source`);
      await inParts(bucket, `${prefix}appended`, async (upload) => {
        if (source === undefined) return;
        const parts = [
          await bucket.copyPart(upload, 1, source, 0, MIN_PART_BYTES),
          await bucket.sendPart(upload, 1001, Buffer.from('end')),
        ];
        await bucket.complete(upload, parts, {});
        expect((await bucket.head(upload.key))?.size === MIN_PART_BYTES + 3, 'the size is wrong');
      });
    },
  },
  {
    name: 'write only a new file (If-None-Match)',
    without: RACES,
    async run(bucket, prefix) {
      await bucket.put(`${prefix}once`, Buffer.from('1'));
      await refuses((condition) => bucket.put(`${prefix}once`, Buffer.from('2'), {}, condition), { ifNoneMatch: '*' });
    },
  },
  {
    name: 'write only in place of what was read (If-Match)',
    without: 'of appends that several machines make at once some may be lost',
    async run(bucket, prefix) {
      const first = await bucket.put(`${prefix}match`, Buffer.from('1'));
      await bucket.put(`${prefix}match`, Buffer.from('2'), {}, { ifMatch: first });
      await refuses((condition) => bucket.put(`${prefix}match`, Buffer.from('3'), {}, condition), { ifMatch: first });
    },
  },
  {
    name: 'complete parts only as a new file (If-None-Match)',
    without: `of files in parts: ${RACES}`,
    async run(bucket, prefix) {
      await bucket.put(`${prefix}there`, Buffer.from('1'));
      await inParts(bucket, `${prefix}there`, async (upload) => {
        const part = await bucket.sendPart(upload, 1, Buffer.from('2'));
        await refuses((condition) => bucket.complete(upload, [part], condition), { ifNoneMatch: '*' });
      });
    },
  },
  {
    name: 'control bytes in names',
    without: 'files with such names can not be used',
    async run(bucket, prefix) {
      await bucket.put(`${prefix}control/\u001b[31m`, Buffer.from('x'));
      const { objects } = await bucket.page({ prefix: `${prefix}control/` });
      expect(objects[0]?.key === `${prefix}control/\u001b[31m`, 'the name comes back as another one');
    },
  },
];

/** Tries all that the storage uses, in a folder of its own below the prefix, which goes afterwards. */
export async function* checkService(bucket: MultipartBucket, top: string): AsyncGenerator<S3Ability> {
  const prefix = `${top}.lockport/check/${randomUUID()}/`;
  try {
    for (const [index, trial] of TRIALS.entries()) {
      const { name, without } = trial;
      const failure = await trial.run(bucket, `${prefix}${index}/`).then(() => undefined, whyOf);
      const detail = failure === undefined ? undefined : without === undefined ? failure : `${failure}; ${without}`;
      yield {
        name,
        isNeeded: without === undefined,
        isThere: failure === undefined,
        ...(detail !== undefined && { detail }),
      };
    }
  } finally {
    await cleared(bucket, prefix).catch(() => {});
  }
}

async function cleared(bucket: MultipartBucket, prefix: string): Promise<void> {
  for await (const { objects } of bucket.pages({ prefix })) {
    for (const { key } of objects) await bucket.remove(key);
  }
}

async function inParts(
  bucket: MultipartBucket,
  key: string,
  work: (upload: OpenMultipart) => Promise<void>,
): Promise<void> {
  const upload = await bucket.create(key, {});
  try {
    await work(upload);
  } finally {
    if (await bucket.isOpen(upload).catch(() => false)) await bucket.abort(upload);
  }
}

async function refuses(write: (condition: Condition) => Promise<unknown>, condition: Condition): Promise<void> {
  const reason = await write(condition).then(() => undefined, reasonOf);
  expect(
    reason === 'precondition',
    reason === undefined ? 'the service passes over the condition' : 'it fails otherwise',
  );
}

function expect(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new StorageError('io', otherwise);
}

function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause instanceof Error ? `${error.message} (${error.cause.name})` : error.message;
}
