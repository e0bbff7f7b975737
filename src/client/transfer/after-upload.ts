import type { ClientError } from '../errors.ts';
import { dataFailure } from './data-failure.ts';
import type { TransferWarning } from './transfer-options.ts';

/**
 * Does what follows an upload that the server has confirmed. That it fails is a warning and no failure: who is told that
 * a stored file is not stored sends it twice. What the checks find to be wrong is a failure.
 * @returns what `work` gives; undefined where that failed
 * @throws ClientError `wrong-size`, `wrong-checksum`, `aborted`
 */
export async function afterUpload<T>(
  about: keyof typeof WHAT_FAILED,
  warnings: TransferWarning[],
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const failure = dataFailure(error, 'finish');
    if (FAILURES.has(failure.code)) throw failure;
    const { code, message } = failure;
    warnings.push({ about, code, message: `The file is stored, but ${WHAT_FAILED[about]}: ${message}` });
    return undefined;
  }
}

const FAILURES: ReadonlySet<ClientError['code']> = new Set(['wrong-size', 'wrong-checksum', 'aborted']);

const WHAT_FAILED = {
  size: 'its size could not be compared',
  checksum: 'its checksum could not be compared',
  time: 'its time could not be set',
} as const satisfies { readonly [about in TransferWarning['about']]?: string };
