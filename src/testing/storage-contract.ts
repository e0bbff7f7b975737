import { describe, test } from 'node:test';
import { provides, type Storage } from '../core/index.ts';
import { registered } from './register.ts';
import { type Drops, keepsAbilities } from './storage-contract/abilities.ts';
import { attributeCases } from './storage-contract/attributes.ts';
import type { ContractCase } from './storage-contract/case.ts';
import { copyingCases } from './storage-contract/copying.ts';
import { linkCases } from './storage-contract/links.ts';
import { nameCases } from './storage-contract/names.ts';
import { readingCases } from './storage-contract/reading.ts';
import { readingAnywhereCases } from './storage-contract/reading-anywhere.ts';
import { resumingCases } from './storage-contract/resuming.ts';
import { simultaneousUploadCases } from './storage-contract/simultaneous-uploads.ts';
import { treeCases } from './storage-contract/tree.ts';
import { uploadCases } from './storage-contract/uploading.ts';
import { writingAnywhereCases } from './storage-contract/writing-anywhere.ts';

const CASES: readonly ContractCase[] = [
  ...uploadCases,
  ...resumingCases,
  ...simultaneousUploadCases,
  ...readingCases,
  ...readingAnywhereCases,
  ...writingAnywhereCases,
  ...copyingCases,
  ...treeCases,
  ...nameCases,
  ...attributeCases,
  ...linkCases,
];

/** An empty storage for one test, which disposes it. */
export interface StorageUnderTest extends AsyncDisposable {
  readonly storage: Storage;
  /** What it wraps, where it wraps one: it must have all that this has. */
  readonly wraps?: Storage;
}

export interface StorageContractOptions {
  /** Cases, by name, that the storage cannot keep to, each with the reason why. */
  readonly exceptions?: Readonly<Record<string, string>>;
  /** What a wrapper leaves out of what it wraps, each with the reason why. */
  readonly drops?: Drops;
}

/**
 * Registers tests of `node:test` for all that is said of `Storage` in `lockport/core`. Cases of an optional method that
 * the storage does not have are skipped.
 */
export function storageContract(
  name: string,
  makeStorage: () => Promise<StorageUnderTest>,
  { exceptions = {}, drops }: StorageContractOptions = {},
): void {
  const unknown = Object.keys(exceptions).filter((exception) => !CASES.some((one) => one.name === exception));
  if (unknown.length > 0) throw new Error(`The storage contract has no case "${unknown.join('", "')}"`);
  registered(
    describe(`the storage contract, kept by ${name}`, () => {
      registered(
        test('what it wraps can do, it can do too, but for what it leaves out for a reason', async (context) => {
          await using made = await makeStorage();
          if (made.wraps === undefined) return context.skip('it wraps nothing');
          keepsAbilities(made.storage, made.wraps, drops);
        }),
      );
      for (const one of CASES) {
        registered(
          test(one.name, async (context) => {
            const exception = exceptions[one.name];
            if (exception !== undefined) return context.skip(exception);
            await using made = await makeStorage();
            const missing = one.needs?.find((need) => !has(made.storage, need));
            if (missing !== undefined) return context.skip(`this storage can not do it: ${missing}`);
            await one.run(made.storage);
          }),
        );
      }
    }),
  );
}

function has(storage: Storage, need: NonNullable<ContractCase['needs']>[number]): boolean {
  return need === 'confine' || need === 'usage' ? storage[need] !== undefined : provides(storage, need);
}
