/** A thread that works for the API on what may wait for the disk or for locks. `AdminThread` starts it. */
import { parentPort, workerData } from 'node:worker_threads';
import { background } from '../../core/index.ts';
import { openDatabase } from '../../database/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';
import { type Call, type Cancel, RpcServer } from '../workers/rpc.ts';
import { accountDesk } from './account-desk.ts';
import { auditDesk, type ThreadProcedures } from './audit-desk.ts';
import { backupDesk } from './backup-desk.ts';
import { groupDesk } from './group-desk.ts';

const configuration = workerData as Configuration;
const { database: file, audit: auditDirectory } = pathsIn(configuration.dataDir);
const database = openDatabase(file);
const server = new RpcServer<ThreadProcedures>(
  {
    ...accountDesk({ database, auditDirectory, configuration }),
    ...groupDesk({ database, auditDirectory, configuration }),
    ...auditDesk({ database, auditDirectory }),
    ...backupDesk(configuration),
  },
  (answer) => parentPort?.postMessage(answer),
);

parentPort?.on('message', (message: Call | Cancel) => background(server.receive(message), () => undefined));
