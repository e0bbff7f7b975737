import { z } from 'zod';
import { duration, flag, oneOf, section, text, whole } from './fields.ts';

const MIB = 1024 ** 2;

/** Where a storage of S3 is, and what it may do there. */
export const s3Field = section({
  bucket: text('Name of the bucket, which exists'),
  prefix: text('What all keys begin with, such as lockport/ (default: nothing)').optional(),
  endpoint: z
    .url({ protocol: /^https?$/, error: 'a URL such as https://s3.example.org' })
    .describe('URL of the service (default: that of AWS for the region)')
    .optional(),
  region: text('Region (default: what the environment or the configuration files of AWS say)').optional(),
  pathStyle: flag('Whether the bucket is in the path of URLs: Ceph and most services of one’s own want that'),
  profile: text('Profile of the configuration files of AWS that has the credentials').optional(),
  encryption: oneOf(
    ['AES256', 'aws:kms', 'aws:kms:dsse'],
    'How the service encrypts new objects (default: as the bucket says)',
  ).optional(),
  encryptionKey: text('Of aws:kms: the key').optional(),
  storageClass: text('Storage class of new objects (default: that of the bucket)').optional(),
  partMib: whole(5, 1024, 'MiB of the first parts of an upload').default(5),
  partsAtOnce: whole(1, 16, 'Parts of one upload that are sent at once').default(2),
  attributes: oneOf(
    ['service', 'metadata'],
    'service: times are those of the service; metadata: times and permissions can be set, and listings cost a request an entry',
  ).default('service'),
  conditionalWrites: z
    .boolean('true or false')
    .default(true)
    .describe('Whether If-Match and If-None-Match are sent: false for services that refuse them'),
  maxRenamedObjects: whole(0, 1_000_000, 'Objects that the rename of a directory copies at the most; 0: none').default(
    10_000,
  ),
  maxAttempts: whole(1, 20, 'How often a request is tried').default(5),
  connectTimeout: duration('How long a connection may take').default(10_000),
  requestTimeout: duration('How long the service may be silent').default(60_000),
});

export type GivenS3 = z.output<typeof s3Field>;

/** A bucket of an S3 service. */
export interface ConfiguredS3Storage {
  readonly kind: 's3';
  readonly s3: GivenS3;
}

/** What is wrong with a storage of S3, with the key that it is wrong at. */
export function s3Mistake(
  name: string,
  given: { readonly s3?: GivenS3 | undefined },
): readonly (readonly [key: string, message: string])[] {
  const { s3 } = given;
  if (name === 'default')
    return [['kind', 'expected a storage that can hold homes: give accounts a mount of this one']];
  if (s3 === undefined) return [['s3', 'expected where the bucket is']];
  const foreign = Object.entries<unknown>({ ...given }).find(([key, value]) => {
    const isGiven = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
    return isGiven && key !== 's3' && key !== 'kind';
  });
  if (foreign) return [[foreign[0], 'means nothing for a storage of S3: take it away']];
  return s3.encryptionKey !== undefined && !s3.encryption?.startsWith('aws:kms')
    ? [['s3', 'expected encryption: aws:kms beside encryptionKey']]
    : [];
}

/** Bytes of a part. */
export function partBytesOf({ partMib }: GivenS3): number {
  return partMib * MIB;
}
