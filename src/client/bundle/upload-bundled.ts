import type { VirtualPath } from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import { replyError } from '../connection/reply-error.ts';
import { ProgressReporter } from '../transfer/progress.ts';
import type { OpenSource } from '../transfer/source.ts';
import type { TransferResult, TransferWarning, UploadOptions } from '../transfer/transfer-options.ts';
import { canBundle, isSmall, storeTogether } from './bundles.ts';

/** Stores a small file together with others; undefined where that can't be. @throws ClientError */
export async function uploadBundled(
  pool: Pool,
  source: OpenSource,
  path: VirtualPath,
  options: UploadOptions,
  modified: Date | undefined,
): Promise<TransferResult | undefined> {
  if (!canBundle(pool, 'STOR') || !isPlain(options) || !source.canReopen || !isSmall(pool, source.size))
    return undefined;
  const startedAt = performance.now();
  const progress = new ProgressReporter({ direction: 'upload', path }, options.onProgress);
  progress.begin(0, source.size);
  const load = async () => ({ content: await contentOf(source), modified });
  const result = await storeTogether(pool, path, load, options.signal);
  if (result === undefined) return undefined;
  progress.add(source.size);
  progress.report();
  const warnings: TransferWarning[] = [];
  if (result.unset) {
    const { code, message } = replyError(result.unset, 'finish', `BNDL STOR ${path}`);
    warnings.push({ about: 'time', code, message: `The file is stored, but its time could not be set: ${message}` });
  }
  const durationMs = performance.now() - startedAt;
  return { path, bytes: source.size, offset: 0, durationMs, verified: 'SHA-256', retries: 0, warnings };
}

/** What a bundle does as the ordinary way does. A limit of the rate is for one file alone, and holds there. */
function isPlain(options: UploadOptions): boolean {
  const { type = 'binary', checksum = 'off', resume, temporaryName, exclusive, maxBytesPerSecond } = options;
  return (
    type === 'binary' &&
    checksum === 'off' &&
    !resume &&
    !temporaryName &&
    !exclusive &&
    maxBytesPerSecond === undefined
  );
}

async function contentOf(source: OpenSource): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  // A copy: its memory may be altered before it is sent.
  for await (const chunk of source.bytes(0, () => undefined)) pieces.push(Buffer.from(chunk));
  return Buffer.concat(pieces);
}
