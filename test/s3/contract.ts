import { randomUUID } from 'node:crypto';
import { type S3StorageOptions, s3Storage } from '../../src/storage/index.ts';
import { storageContract } from '../../src/testing/storage-contract.ts';

/** A service with a bucket, for one test. */
export interface ServiceUnderTest extends AsyncDisposable {
  readonly options: S3StorageOptions;
}

const exceptions = {
  'a name may have bytes that are not UTF-8': 'keys of S3 are UTF-8',
  'a name may have surrogates in UTF-8': 'keys of S3 are UTF-8',
  'the longest path can be used': 'keys of S3 have 1024 bytes at the most',
};

/** Runs the storage contract over a service, with the attributes of either. */
export function s3Contract(
  name: string,
  open: () => Promise<ServiceUnderTest>,
  more: S3StorageOptions | object = {},
): void {
  for (const attributes of ['service', 'metadata'] as const) {
    storageContract(
      `${name}, with the attributes of the ${attributes}`,
      async () => {
        const service = await open();
        const storage = await s3Storage({
          ...service.options,
          attributes,
          prefix: `contract/${randomUUID()}`,
          ...more,
        });
        return {
          storage,
          async [Symbol.asyncDispose]() {
            await storage[Symbol.asyncDispose]();
            await service[Symbol.asyncDispose]();
          },
        };
      },
      { exceptions },
    );
  }
}
