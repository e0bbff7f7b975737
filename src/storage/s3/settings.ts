/** Bytes that every part of an S3 upload but the last one must have (a rule of the protocol). */
export const MIN_PART_BYTES = 5 * 1024 ** 2;
/** The largest object that one CopyObject takes, and the largest range of one UploadPartCopy. */
export const MAX_COPY_BYTES = 5 * 1024 ** 3;
/** The highest number that a part can have. */
export const MAX_PARTS = 10_000;

/** How the service keeps new objects encrypted at rest. */
export type S3Encryption =
  | { readonly kind: 'AES256' }
  | { readonly kind: 'aws:kms' | 'aws:kms:dsse'; readonly keyId?: string | undefined };

export interface S3StorageOptions {
  readonly bucket: string;
  /** What all keys begin with, such as `lockport/`; a missing `/` at its end is added. Default: nothing. */
  readonly prefix?: string | undefined;
  /** URL of the service. Default: that of AWS for the region. */
  readonly endpoint?: string | undefined;
  /** Default: what the environment or the shared configuration files of AWS say. */
  readonly region?: string | undefined;
  /** Whether the bucket is in the path of URLs, and not in the name of the host. Default: false. */
  readonly pathStyle?: boolean | undefined;
  /** Profile of the shared configuration files of AWS. */
  readonly profile?: string | undefined;
  /** Default: the chain of the AWS SDK (environment, shared files, container, instance). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Default: what the bucket does by itself. */
  readonly encryption?: S3Encryption | undefined;
  /** Storage class of new objects. Default: that of the bucket. */
  readonly storageClass?: string | undefined;
  /** Bytes of the first parts of an upload; at least 5 MiB (default). */
  readonly partBytes?: number | undefined;
  /** Parts of one upload that are sent at once. Default: 2. */
  readonly partsAtOnce?: number | undefined;
  /**
   * `service` (default): times are those of the service, and none can be set. `metadata`: times and permission bits are
   * kept in each object's metadata, which costs a request for each entry of a listing.
   */
  readonly attributes?: 'service' | 'metadata' | undefined;
  /** Whether If-Match and If-None-Match are sent with writes. Default: true. */
  readonly conditionalWrites?: boolean | undefined;
  /** The most objects that the rename of a directory copies; 0: directories are not renamed. Default: 10,000. */
  readonly maxRenamedObjects?: number | undefined;
  /** How often a request is tried. Default: 5. */
  readonly maxAttempts?: number | undefined;
  /** How long a connection may take, in milliseconds. Default: 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long the service may be silent, in milliseconds. Default: 60,000. */
  readonly requestTimeoutMs?: number | undefined;
}

/** The options with their defaults, and what nobody need set. */
export interface S3Settings {
  readonly bucket: string;
  readonly prefix: string;
  readonly encryption: S3Encryption | undefined;
  readonly storageClass: string | undefined;
  readonly partBytes: number;
  readonly partsAtOnce: number;
  readonly keepsAttributes: boolean;
  readonly conditionalWrites: boolean;
  readonly maxRenamedObjects: number;
  readonly maxAttempts: number;
}

/** @throws RangeError for a part size below 5 MiB */
export function settingsOf(options: S3StorageOptions): S3Settings {
  const { bucket, prefix = '', encryption, storageClass, partBytes = MIN_PART_BYTES } = options;
  if (partBytes < MIN_PART_BYTES) throw new RangeError('Parts of S3 uploads have 5 MiB at the least');
  return {
    bucket,
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    encryption,
    storageClass,
    partBytes,
    partsAtOnce: options.partsAtOnce ?? 2,
    keepsAttributes: options.attributes === 'metadata',
    conditionalWrites: options.conditionalWrites ?? true,
    maxRenamedObjects: options.maxRenamedObjects ?? 10_000,
    maxAttempts: options.maxAttempts ?? 5,
  };
}
