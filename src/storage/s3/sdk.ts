import type * as Sdk from '@aws-sdk/client-s3';
import { StorageError } from '../../core/index.ts';
import { type S3Settings, type S3StorageOptions, settingsOf } from './settings.ts';

/** The SDK with what requests are sent by. */
export interface S3Connection extends AsyncDisposable {
  readonly sdk: typeof Sdk;
  /** Repeats what failed for a passing reason, after a pause that grows and is chosen by chance. */
  readonly client: Sdk.S3Client;
  /** Sends each request once, for those that must be looked up before they are repeated. */
  readonly once: Sdk.S3Client;
  readonly settings: S3Settings;
}

const MAX_SOCKETS = 256;

/** @throws StorageError where the SDK is not installed */
export async function connect(options: S3StorageOptions): Promise<S3Connection> {
  const settings = settingsOf(options);
  const sdk = await loadSdk();
  const { connectTimeoutMs = 10_000, requestTimeoutMs = 60_000, region, endpoint, profile, credentials } = options;
  const common = {
    forcePathStyle: options.pathStyle ?? false,
    // Ceph answers 411, Swift 501 to the trailing checksums that the SDK sends otherwise.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    followRegionRedirects: false,
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(profile !== undefined && { profile }),
    ...(credentials && { credentials: { ...credentials } }),
  } as const;
  const client = new sdk.S3Client({
    ...common,
    maxAttempts: settings.maxAttempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      socketTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    },
  });
  const once = new sdk.S3Client({ ...common, maxAttempts: 1, requestHandler: client.config.requestHandler });
  return {
    sdk,
    client,
    once,
    settings,
    async [Symbol.asyncDispose]() {
      client.destroy();
      once.destroy();
    },
  };
}

/** It is an optional peer: who has no S3 storage does without. */
async function loadSdk(): Promise<typeof Sdk> {
  return import('@aws-sdk/client-s3').catch((cause: unknown) => {
    const message =
      'S3 needs the package @aws-sdk/client-s3: install it beside lockport by "npm install @aws-sdk/client-s3"';
    throw new StorageError('unsupported', message, { cause });
  });
}
