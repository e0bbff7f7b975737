import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import type { VirtualPath } from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import { LocalFile, statTarget } from '../transfer/local-file.ts';
import { ProgressReporter } from '../transfer/progress.ts';
import type { DownloadOptions, TransferResult } from '../transfer/transfer-options.ts';
import { canBundle, fetchTogether } from './bundles.ts';

/** Fetches a file together with others, if it is small; undefined where that can't be, or it is not. @throws ClientError */
export async function downloadBundled(
  pool: Pool,
  path: VirtualPath,
  target: string,
  options: DownloadOptions,
): Promise<TransferResult | undefined> {
  if (!canBundle(pool, 'RETR') || !isPlain(options)) return undefined;
  const startedAt = performance.now();
  const { signal, onProgress, keepTime } = options;
  const localPath = resolve(target);
  await statTarget(localPath);
  const bytes = await fetchTogether(
    pool,
    path,
    async ({ content, modified }) => {
      await writeFile(localPath, content, keepTime ? modified : undefined);
      return content.length;
    },
    signal,
  );
  if (bytes === undefined) return undefined;
  const progress = new ProgressReporter({ direction: 'download', path }, onProgress);
  progress.begin(0, bytes);
  progress.add(bytes);
  progress.report();
  const durationMs = performance.now() - startedAt;
  return { path, bytes, offset: 0, durationMs, verified: 'SHA-256', retries: 0, warnings: [] };
}

async function writeFile(path: string, content: Uint8Array, modified: Date | undefined): Promise<void> {
  const local = await LocalFile.create(path);
  try {
    const writer = local.writer(0);
    writer.end(content);
    await finished(writer);
    await local.publish(modified);
  } catch (error) {
    await local.discard();
    throw error;
  }
}

/** What a bundle does as the ordinary way does. A limit of the rate is for one file alone, and holds there. */
function isPlain(options: DownloadOptions): boolean {
  const { type = 'binary', checksum = 'off', resume, offset = 0, segments = 1, maxBytesPerSecond } = options;
  const isWhole = !resume && offset === 0 && segments === 1;
  return type === 'binary' && checksum === 'off' && isWhole && maxBytesPerSecond === undefined;
}
