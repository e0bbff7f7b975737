import { describe, test } from 'node:test';
import type { Storage } from '../core/index.ts';
import { registered } from './register.ts';
import { attributeCases } from './storage-contract/attributes.ts';
import type { ContractCase } from './storage-contract/case.ts';
import { linkCases } from './storage-contract/links.ts';
import { nameCases } from './storage-contract/names.ts';
import { readingCases } from './storage-contract/reading.ts';
import { resumingCases } from './storage-contract/resuming.ts';
import { treeCases } from './storage-contract/tree.ts';
import { uploadCases } from './storage-contract/uploading.ts';

const CASES: readonly ContractCase[] = [
  ...uploadCases,
  ...resumingCases,
  ...readingCases,
  ...treeCases,
  ...nameCases,
  ...attributeCases,
  ...linkCases,
];

/** An empty storage for one test, which disposes it. */
export interface StorageUnderTest extends AsyncDisposable {
  readonly storage: Storage;
}

export interface StorageContractOptions {
  /** Cases, by name, that the storage cannot keep to, each with the reason why. */
  readonly exceptions?: Readonly<Record<string, string>>;
}

/**
 * Registers tests of `node:test` for all that is said of `Storage` in `lockport/core`. Cases of an optional method that
 * the storage does not have are skipped.
 */
export function storageContract(
  name: string,
  makeStorage: () => Promise<StorageUnderTest>,
  { exceptions = {} }: StorageContractOptions = {},
): void {
  const unknown = Object.keys(exceptions).filter((exception) => !CASES.some((one) => one.name === exception));
  if (unknown.length > 0) throw new Error(`The storage contract has no case "${unknown.join('", "')}"`);
  registered(
    describe(`the storage contract, kept by ${name}`, () => {
      for (const one of CASES) {
        registered(
          test(one.name, async (context) => {
            const exception = exceptions[one.name];
            if (exception !== undefined) return context.skip(exception);
            await using made = await makeStorage();
            const missing = one.needs?.find((method) => made.storage[method] === undefined);
            if (missing !== undefined) return context.skip(`this storage has no ${missing}`);
            await one.run(made.storage);
          }),
        );
      }
    }),
  );
}
