import type { Objects } from './objects.ts';
import { type Element, encodedKey } from './xml.ts';

const MAX_KEYS = 1000;

/** ListObjectsV2, in the order of the bytes of keys. */
export function listObjects({ stored }: Objects, query: URLSearchParams): Element {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter');
  const max = Math.min(MAX_KEYS, Number(query.get('max-keys') ?? MAX_KEYS));
  const token = query.get('continuation-token');
  const after = token === null ? undefined : Buffer.from(token, 'base64').toString();
  const keys = [...stored.keys()]
    .filter((key) => key.startsWith(prefix))
    .toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  const found: { name: string; isPrefix: boolean }[] = [];
  let isTruncated = false;
  for (const key of keys) {
    const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? key : key.slice(0, end + 1);
    if (name === found.at(-1)?.name) continue;
    if (after !== undefined && Buffer.compare(Buffer.from(name), Buffer.from(after)) <= 0) continue;
    if (found.length === max) {
      isTruncated = true;
      break;
    }
    found.push({ name, isPrefix: end >= 0 });
  }
  return {
    ListBucketResult: [
      { IsTruncated: `${isTruncated}` },
      { KeyCount: `${found.length}` },
      { EncodingType: 'url' },
      ...(isTruncated ? [{ NextContinuationToken: Buffer.from(found.at(-1)?.name ?? '').toString('base64') }] : []),
      ...found.map(({ name, isPrefix }): Element => {
        if (isPrefix) return { CommonPrefixes: [{ Prefix: encodedKey(name) }] };
        const object = stored.get(name);
        const modified = object?.modified.toISOString() ?? '';
        return {
          Contents: [
            { Key: encodedKey(name) },
            { Size: `${object?.body.length}` },
            { ETag: `"${object?.etag}"` },
            { LastModified: modified },
          ],
        };
      }),
    ],
  };
}
