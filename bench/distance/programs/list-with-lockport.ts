// Lists a tree with lockport/client.
import { readFile } from 'node:fs/promises';
import type * as lockport from '../../../src/client/index.ts';
import type { ProgramInput } from '../../clients/node-program.ts';

const { library, job, account }: ProgramInput = JSON.parse(process.argv[2] ?? '');
const { connect }: typeof lockport = await import(library);
const { host, port, user, password } = account;
const tls = { ca: await readFile(account.certificateFile, 'utf8') };
const client = await connect({ host, port, user, password, tls, connections: job.connections });
for await (const { path } of client.walk(job.remote)) process.stdout.write(`${path}\n`);
await client.close();
