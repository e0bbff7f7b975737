import { s3Contract } from './contract.ts';
import { s3Service } from './service/service.ts';

s3Contract('S3', s3Service);
