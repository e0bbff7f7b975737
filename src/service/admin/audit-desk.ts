import type { Database } from '../../database/index.ts';
import {
  AuditError,
  type AuditQuery,
  type AuditRecord,
  type AuditVerdict,
  searchAudit,
  verifyAudit,
} from '../../operations/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { type CryptoReport, cryptoReport } from '../crypto-report.ts';
import type { PolicyName } from '../policy/demands.ts';
import { type PolicyReport, type PolicySubject, policyReport } from '../policy/report.ts';
import type { Implementation } from '../workers/rpc.ts';
import type { AccountProcedures } from './account-procedures.ts';
import { type ApiFailure, apiFailure } from './api-failure.ts';
import type { BackupProcedures } from './backup-desk.ts';

/** What takes long. */
export interface AuditProcedures {
  readonly searchRecords: {
    readonly ask: {
      readonly query: AuditQuery;
      /** The number of the record that the page before ended with. */
      readonly after: number | undefined;
      readonly limit: number;
      readonly isNewestFirst: boolean;
    };
    readonly answer: { readonly records: readonly AuditRecord[]; readonly next?: string } | ApiFailure;
  };
  readonly cryptoReport: {
    readonly ask: Pick<Configuration, 'tls' | 'listeners'>;
    readonly answer: CryptoReport;
  };
  /** A policy that is not set can be asked for, too. */
  readonly policyReport: {
    readonly ask: { readonly policy: PolicyName } & PolicySubject;
    readonly answer: PolicyReport;
  };
  readonly verifyRecords: { readonly ask: undefined; readonly answer: AuditVerdict | ApiFailure };
}

export type ThreadProcedures = AccountProcedures & AuditProcedures & BackupProcedures;

/** The records of the audit trail, and reports. */
export function auditDesk({
  database,
  auditDirectory,
}: {
  readonly database: Database;
  readonly auditDirectory: string;
}): Implementation<AuditProcedures> {
  return {
    searchRecords: ({ query, after, limit, isNewestFirst }, signal) =>
      told(async () => {
        const records: AuditRecord[] = [];
        for await (const record of searchAudit(auditDirectory, query, { isNewestFirst, signal })) {
          if (after !== undefined && (isNewestFirst ? record.n >= after : record.n <= after)) continue;
          if (records.length === limit) return { records, next: String(records.at(-1)?.n) };
          records.push(record);
        }
        return { records };
      }),

    cryptoReport: (ask) => cryptoReport(ask, database.accounts),

    policyReport: ({ policy, ...subject }) => policyReport(policy, subject, database),

    verifyRecords: (_, signal) => told(() => verifyAudit({ directory: auditDirectory, signal })),
  };
}

async function told<Result>(work: () => Promise<Result>): Promise<Result | ApiFailure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AuditError) return apiFailure('no-audit', error.message);
    throw error;
  }
}
