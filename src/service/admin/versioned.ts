import { AccountStoreError, FieldError, StorageError } from '../../core/index.ts';
import { StartError } from '../start-error.ts';
import type { Page } from './account-procedures.ts';
import { type ApiFailure, type ApiFailureCode, apiFailure } from './api-failure.ts';

/** Ends a change from within its transaction, before anything was changed. */
export class ChangeRefused extends Error {
  override readonly name = 'ChangeRefused';
  readonly code: ApiFailureCode;

  constructor(code: ApiFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws ChangeRefused where it is another version than the one that was seen */
export function requireVersion(seen: string | undefined, present: string): void {
  if (seen === undefined) {
    throw new ChangeRefused('version-needed', 'Send the ETag of what you have read as If-Match, or * to overwrite');
  }
  const versions = seen.split(',').map((each) => each.trim());
  if (versions.includes('*') || versions.includes(present)) return;
  throw new ChangeRefused('changed-meanwhile', 'Somebody else has changed it: read it again, and then change it');
}

/** What fails for a reason that whoever asks can do something about, as a value. */
export async function attempt<Result>(work: () => Promise<Result>): Promise<Result | ApiFailure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ChangeRefused || error instanceof AccountStoreError)
      return apiFailure(error.code, error.message);
    if (error instanceof FieldError) return apiFailure('invalid-account', error.message);
    if (error instanceof StorageError) return apiFailure('invalid-account', `Its directories: ${error.message}`);
    if (error instanceof StartError) return apiFailure('invalid-account', error.message);
    throw error;
  }
}

/** A page of what has names, in their order. One that can't be read keeps no other from being shown. */
export async function pageOf<Entry>(
  { after, limit }: { readonly after: string; readonly limit: number },
  allNames: () => Promise<readonly string[]>,
  read: (name: string) => Promise<Entry | undefined>,
): Promise<Page<Entry>> {
  const names = (await allNames()).filter((name) => name > after).toSorted();
  const wanted = names.slice(0, limit);
  const entries: Page<Entry>['entries'][number][] = [];
  for (const name of wanted) {
    const entry = await read(name).catch((error: unknown) => {
      if (error instanceof AccountStoreError) return { name, error: error.message };
      throw error;
    });
    // It was removed meanwhile.
    if (entry !== undefined) entries.push(entry);
  }
  const last = wanted.at(-1);
  return { entries, ...(last !== undefined && names.length > limit && { next: last }) };
}
