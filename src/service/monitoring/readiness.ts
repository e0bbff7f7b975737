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

/** Why the server should get no new clients. */
export interface AttentionProblem {
  readonly code: 'stopping' | 'listeners' | 'workers' | 'database' | 'audit' | 'storage';
  /** The name of the storage. */
  readonly about?: string;
  /** A sentence. */
  readonly message: string;
}

/** Empty where it is ready. */
export async function problemsOf({
  isDraining,
  frontEnd,
  storages,
  audit,
  database,
}: ReadinessParts): Promise<readonly AttentionProblem[]> {
  const { isListening, workers } = frontEnd;
  return [
    isDraining && { code: 'stopping' as const, message: 'The server is stopping' },
    !isDraining && !isListening && { code: 'listeners' as const, message: 'The listeners are not open' },
    workers?.serving === 0 && { code: 'workers' as const, message: 'No worker process serves' },
    !(await isReadable(database)) && { code: 'database' as const, message: 'The database can not be read' },
    audit?.isRefusing && {
      code: 'audit' as const,
      message: `Nothing can be recorded, and operations are refused: ${audit.trouble}`,
    },
    ...storages.map(
      ({ name, problem }) =>
        problem !== undefined && { code: 'storage' as const, about: name, message: `The storage ${name} ${problem}` },
    ),
  ].filter((problem) => typeof problem === 'object');
}

/** The same question that the service asks several times a second: one row of an index. */
async function isReadable({ accounts }: Pick<Database, 'accounts'>): Promise<boolean> {
  return (await answerWithin(accounts.notices.latest(), DATABASE_WAIT_MS)) !== undefined;
}
