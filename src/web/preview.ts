import type { PreviewKind } from './contract.ts';

/** How a file may be shown. */
interface Preview {
  readonly kind: PreviewKind;
  readonly type: string;
}

const PICTURES: { readonly [extension: string]: string | undefined } = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
};
/** All of them as text: what a browser would draw or run is read here, and nothing else. */
const TEXTS: ReadonlySet<string> = new Set(
  'txt text log md csv tsv json jsonl xml html htm svg css js mjs ts yaml yml toml ini conf cfg sql sh py edi edifact asc sha256 md5 sig pem'.split(
    ' ',
  ),
);

/** Goes by the name alone: the type is fixed by it, and browsers are told not to look at the bytes. */
export function previewOf(name: string): Preview | undefined {
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const picture = Object.hasOwn(PICTURES, extension) ? PICTURES[extension] : undefined;
  if (picture !== undefined) return { kind: 'picture', type: picture };
  if (extension === 'pdf') return { kind: 'pdf', type: 'application/pdf' };
  return TEXTS.has(extension) ? { kind: 'text', type: 'text/plain; charset=utf-8' } : undefined;
}
