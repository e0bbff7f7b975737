import { after, before } from 'node:test';
import { s3Contract } from './contract.ts';
import { realService } from './service/real-service.ts';

/*
 * The storage contract over a real service: that of LOCKPORT_S3_ENDPOINT, or a Ceph that is started for it.
 */

const service = await realService();
before(() => service.makeBucket());
after(() => service[Symbol.asyncDispose]());
s3Contract(service.name, async () => ({ options: service.options, async [Symbol.asyncDispose]() {} }));
