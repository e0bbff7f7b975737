import { background, type VirtualPath } from '../../core/index.ts';
import { uploadBundled } from '../bundle/upload-bundled.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import { namingLeftOver, removeLeftOver } from '../files/left-over.ts';
import { isRefusal, replaceByRename } from '../files/replace.ts';
import { keepModified } from '../files/set-modified.ts';
import { exists } from '../listing/stat.ts';
import { afterUpload } from './after-upload.ts';
import { dataFailure } from './data-failure.ts';
import { ResumableUpload, type Uploaded } from './resumable-upload.ts';
import { type OpenSource, openSource } from './source.ts';
import { temporaryPath } from './temporary-name.ts';
import { checkAppend, checkUpload, type Source, type TransferResult, type UploadOptions } from './transfer-options.ts';
import { uploadPlace } from './upload-place.ts';

/** Stores a file, in place of what has its name. @throws ClientError */
export async function upload(
  pool: Pool,
  source: Source,
  path: VirtualPath,
  options: UploadOptions,
): Promise<TransferResult> {
  checkUpload(options);
  return withSource(source, options, async (opened) => {
    if (options.exclusive && (await exists(pool, path, options))) {
      throw new ClientError('exists', `${path} is there already`, { phase: 'prepare' });
    }
    const bundled = options.bundled && (await uploadBundled(pool, opened, path, options, timeFor(opened, options)));
    if (bundled) return bundled;
    const mode = options.resume ? 'resume' : 'replace';
    const result = options.temporaryName
      ? await uploadAside(pool, opened, path, options)
      : await new ResumableUpload(pool, { path, source: opened, mode, options }).run();
    return withTime(pool, result, opened, options);
  });
}

/** Adds to the end of a file, or makes it. Never done twice. @throws ClientError */
export async function append(
  pool: Pool,
  source: Source,
  path: VirtualPath,
  options: UploadOptions,
): Promise<TransferResult> {
  checkAppend(options);
  return withSource(source, options, async (opened) => {
    const result = await new ResumableUpload(pool, { path, source: opened, mode: 'append', options }).run();
    return withTime(pool, result, opened, options);
  });
}

async function withSource<T>(
  source: Source,
  options: UploadOptions,
  work: (opened: OpenSource) => Promise<T>,
): Promise<T> {
  try {
    await using opened = await openSource(source, options.size);
    timeFor(opened, options);
    return await work(opened);
  } catch (error) {
    throw dataFailure(error, 'local');
  }
}

async function withTime(
  pool: Pool,
  result: Uploaded,
  source: OpenSource,
  options: UploadOptions,
): Promise<TransferResult> {
  const time = timeFor(source, options);
  if (time) await afterUpload('time', result.warnings, () => keepModified(pool, result.path, time, options));
  return result;
}

function timeFor({ modified }: OpenSource, { keepTime = false }: UploadOptions): Date | undefined {
  if (keepTime === false) return undefined;
  const time = keepTime === true ? modified : keepTime;
  if (time) return time;
  const message = 'Only a local file has a time to keep: give the time itself';
  throw new ClientError('invalid-argument', message, { phase: 'prepare' });
}

/** Under a name that nobody can guess, until all is there. */
async function uploadAside(
  pool: Pool,
  source: OpenSource,
  path: VirtualPath,
  options: UploadOptions,
): Promise<Uploaded> {
  const place = await uploadPlace(pool, path, options);
  const { signal, exclusive } = options;
  const aside = temporaryPath(place.path);
  let isStored = false;
  try {
    const plan = { path: aside, source, mode: 'replace', permissions: place.permissions, options } as const;
    const result = await new ResumableUpload(pool, plan).run();
    isStored = true;
    const { old: left } = await replaceByRename(pool, aside, place.path, { signal, exclusive });
    if (left !== undefined) {
      const message = `The file is stored, but the one that it replaced could not be removed: it is now ${left}`;
      result.warnings.push({ about: 'replaced', code: 'refused', message });
    }
    return { ...result, path };
  } catch (error) {
    const failure = dataFailure(error, 'local');
    const removed = removeLeftOver(pool, aside, {});
    if (options.signal?.aborted) {
      // Whoever aborted does not wait for it.
      background(removed, () => undefined);
      throw namingLeftOver(failure, `what was sent is being removed, and may be left on the server as ${aside}`);
    }
    const left = await removed;
    // A server that refuses to rename may refuse to remove as well, as a drop box does.
    const advice =
      'where names can not be changed, store under the name itself (--no-temporary-name, temporaryName: false)';
    throw namingLeftOver(failure, left && isStored && isRefusal(error) ? `${left}; ${advice}` : left);
  }
}
