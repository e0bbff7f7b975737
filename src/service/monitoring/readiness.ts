import { answerWithin } from '../../core/index.ts';
import type { Database } from '../../database/index.ts';
import type { AuditState } from '../audit/audit-trail.ts';
import type { FrontEndState } from '../front-end.ts';
import type { StorageState } from './storage-probe.ts';

const DATABASE_WAIT_MS = 1_000;

export interface ReadinessParts {
  readonly isDraining: boolean;
  readonly frontEnd: FrontEndState;
  readonly storages: readonly StorageState[];
  readonly audit: AuditState | undefined;
  readonly database: Pick<Database, 'accounts'>;
}

/** Why the server should get no new clients, a sentence each; empty where it is ready. */
export async function problemsOf({
  isDraining,
  frontEnd,
  storages,
  audit,
  database,
}: ReadinessParts): Promise<readonly string[]> {
  const { isListening, workers } = frontEnd;
  return [
    isDraining && 'The server is stopping',
    !isDraining && !isListening && 'The listeners are not open',
    workers && workers.serving === 0 && 'No worker process serves',
    !(await isReadable(database)) && 'The database can not be read',
    audit?.isRefusing && `Nothing can be recorded, and operations are refused: ${audit.trouble}`,
    ...storages.map(({ name, problem }) => problem !== undefined && `The storage ${name} ${problem}`),
  ].filter((problem) => typeof problem === 'string');
}

/** The same question that the service asks several times a second: one row of an index. */
async function isReadable({ accounts }: Pick<Database, 'accounts'>): Promise<boolean> {
  return (await answerWithin(accounts.notices.latest(), DATABASE_WAIT_MS)) !== undefined;
}
