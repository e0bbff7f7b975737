/** Checks one password against one hash of another server, and ends: what that takes is no time of the thread that serves. */
import { Buffer } from 'node:buffer';
import { parentPort, workerData } from 'node:worker_threads';
import type { ForeignCheck } from './check.ts';
import { checkableHash } from './foreign-hash.ts';

const { password, hash }: ForeignCheck = workerData;
const known = checkableHash(hash);
parentPort?.postMessage(known !== undefined && (await known.scheme.check(Buffer.from(password), known.parts, hash)));
