/** A file of the pages, as it is sent. */
export interface WebPage {
  /** Of the URL: `/`, `/style-ABC.css`. */
  readonly path: string;
  readonly type: string;
  readonly body: Uint8Array;
  /** The same, compressed, where that is shorter. */
  readonly gzip?: Uint8Array;
  readonly brotli?: Uint8Array;
  readonly etag: string;
  /** Its name has a hash of what it holds, so that browsers may keep it for ever. */
  readonly isImmutable: boolean;
}

/** How a page is sent to whoever accepts these encodings. */
export function encodedPage(
  { body, gzip, brotli }: WebPage,
  accepted = '',
): { readonly bytes: Uint8Array; readonly encoding?: 'br' | 'gzip' } {
  const offers = accepted.split(',').map((each) => each.trim().split(';', 1)[0]);
  if (brotli && offers.includes('br')) return { bytes: brotli, encoding: 'br' };
  if (gzip && offers.includes('gzip')) return { bytes: gzip, encoding: 'gzip' };
  return { bytes: body };
}
