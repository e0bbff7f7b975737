import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3StorageOptions } from '../../../src/storage/index.ts';

const run = promisify(execFile);
const SCRIPTS = path.join(import.meta.dirname, '../../../scripts/engines');
const CEPH_CREDENTIALS = { accessKeyId: 'labaccesskey', secretAccessKey: 'labsecretkey' };

export interface RealService extends AsyncDisposable {
  readonly name: string;
  readonly options: S3StorageOptions;
  makeBucket(): Promise<void>;
}

/** The service of LOCKPORT_S3_ENDPOINT, whose credentials the environment has; or a Ceph of this machine, for as long as it is used. */
export async function realService(): Promise<RealService> {
  const given = process.env['LOCKPORT_S3_ENDPOINT'];
  const ceph = given === undefined ? await startCeph() : undefined;
  const options: S3StorageOptions = {
    endpoint: given ?? ceph?.endpoint,
    region: process.env['AWS_REGION'] ?? 'us-east-1',
    bucket: process.env['LOCKPORT_S3_BUCKET'] ?? `lockport-${Date.now()}`,
    pathStyle: true,
    ...(ceph && { credentials: CEPH_CREDENTIALS }),
  };
  return {
    name: given ?? 'Ceph',
    options,
    async makeBucket() {
      const { endpoint = '', region = '', bucket, credentials } = options;
      const client = new S3Client({ endpoint, region, forcePathStyle: true, ...(credentials && { credentials }) });
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      client.destroy();
    },
    async [Symbol.asyncDispose]() {
      if (ceph) await run(path.join(SCRIPTS, 'ceph-down.sh'), [ceph.directory]);
    },
  };
}

async function startCeph(): Promise<{ readonly directory: string; readonly endpoint: string }> {
  const directory = path.join(await mkdtemp(path.join(tmpdir(), 'lockport-ceph-')), 'ceph');
  const { stdout } = await run(path.join(SCRIPTS, 'ceph-up.sh'), [directory]);
  return { directory, endpoint: stdout.trim().split('\n').at(-1) ?? '' };
}
