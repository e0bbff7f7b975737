import process from 'node:process';
import type { Ban, Limits, ListenerMode } from '../../core/index.ts';
import type { CountedQuota } from '../../files/index.ts';
import type { ProcessReport, Readings, SeriesValue } from '../../operations/index.ts';
import { protocolOf } from '../../server/index.ts';
import type { AuditState } from '../audit/audit-trail.ts';
import type { FrontEndProcess, FrontEndState } from '../front-end.ts';
import type { QueueState } from '../log/index.ts';
import type { RuleView } from '../rules/index.ts';
import type { AttentionProblem } from './readiness.ts';
import type { StorageState } from './storage-probe.ts';

/** A certificate in use, under the name that the configuration has for it. */
export interface NamedCertificate {
  readonly name: string;
  readonly validTo: Date;
}

export interface ReadingsParts {
  readonly version: string;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly problems: readonly AttentionProblem[];
  readonly frontEnd: FrontEndState;
  readonly audit: AuditState | undefined;
  readonly bans: readonly Ban[];
  readonly primary: ProcessReport;
  readonly outputs: readonly (readonly [name: string, state: QueueState])[];
  readonly certificates: readonly NamedCertificate[];
  readonly storages: readonly StorageState[];
  readonly rules: readonly RuleView[];
  readonly quotas: readonly CountedQuota[];
  /** How many accounts have metrics with their names. */
  readonly maxAccounts: Limits['maxMetricsAccounts'];
}

/** What the page shows beside the counts of events. */
export function readingsOf(parts: ReadingsParts): Readings {
  const { frontEnd, quotas, maxAccounts, outputs } = parts;
  const processes = [...frontEnd.processes, ...(frontEnd.workers ? [{ process: 'primary' }] : [])];
  const reports = processes.flatMap(({ process, ...state }): [string, ProcessReport][] => {
    const report = process === 'primary' ? parts.primary : 'report' in state ? state.report : undefined;
    return report ? [[process, report]] : [];
  });
  const ofReports = (value: (report: ProcessReport) => SeriesValue['value']) =>
    reports.map(([name, report]) => ({ labels: [name], value: value(report) }));
  const named = quotas.slice(0, maxAccounts);
  return {
    build: [{ labels: [parts.version, process.versions.node, process.versions.openssl ?? ''], value: 1 }],
    started: one(parts.startedAt / 1000),
    ready: one(Number(parts.problems.length === 0)),
    sessionsOpen: Object.entries(frontEnd.sessions).map(([mode, value]) => ({
      labels: [protocolOf(mode as ListenerMode), mode],
      value,
    })),
    transfersRunning: frontEnd.processes.flatMap(transfersOf),
    ...workersOf(frontEnd),
    ...auditReadings(parts.audit),
    bansInForce: bansOf(parts.bans),
    logQueued: outputs.map(([name, { queuedBytes }]) => ({ labels: [name], value: queuedBytes })),
    logLost: outputs.map(([name, { lostLines }]) => ({ labels: [name], value: lostLines })),
    eventLoopDelay: ofReports(({ delay }) => delay),
    residentMemory: ofReports(({ residentBytes }) => residentBytes),
    heapUsed: ofReports(({ heapUsedBytes }) => heapUsedBytes),
    heapTotal: ofReports(({ heapSizeBytes }) => heapSizeBytes),
    cpu: ofReports(({ cpuSeconds }) => cpuSeconds),
    certificate: parts.certificates.map(({ name, validTo }) => ({
      labels: [name],
      value: Math.round((validTo.getTime() - Date.now()) / 1000),
    })),
    storageSize: ofStorages(parts.storages, ({ total }) => total),
    storageAvailable: ofStorages(parts.storages, ({ free }) => free),
    ...rulesOf(parts.rules),
    quotaAccounts: Object.entries(SHARES).map(([share, least]) => ({
      labels: [share],
      value: quotas.filter((quota) => shareOf(quota) >= least).length,
    })),
    quotaUsed: one([...new Map(quotas.map(({ home, used }) => [home, used.bytes])).values()].reduce(plus, 0)),
    accountUsed: named.map(({ name, used }) => ({ labels: [name], value: used.bytes })),
    accountQuota: named.flatMap(({ name, quota }) =>
      quota.bytes === undefined ? [] : [{ labels: [name], value: quota.bytes }],
    ),
  };
}

/** The labels of `lockport_quota_accounts`, and the share of the quota from which an account counts there. */
const SHARES = { any: 0, '80%': 0.8, '95%': 0.95, '100%': 1 };

function one(value: number): readonly SeriesValue[] {
  return [{ labels: [], value }];
}

function plus(sum: number, value: number): number {
  return sum + value;
}

function transfersOf({ process, transfers }: FrontEndProcess): readonly SeriesValue[] {
  return Object.entries(transfers).map(([direction, value]) => ({ labels: [process, direction], value }));
}

function workersOf({ workers, processes }: FrontEndState): Readings {
  const queued = processes.flatMap(({ process, queuedEvents }) =>
    queuedEvents === undefined ? [] : [{ labels: [process], value: queuedEvents }],
  );
  const numbers = Array.from({ length: workers?.configured ?? 0 }, (_, index) => index + 1);
  return {
    workers: one(workers?.configured ?? 0),
    workersServing: one(workers?.serving ?? 0),
    workerRestarts: one(workers?.restarts ?? 0),
    eventsQueued: queued,
    eventsLost: numbers.map((number) => ({ labels: [String(number)], value: workers?.lostEvents.get(number) ?? 0 })),
  };
}

/** Without an audit trail, nothing of it is read. */
function auditReadings(audit: AuditState | undefined): Readings {
  if (!audit) return {};
  const { trouble, queuedBytes, lostRecords, space } = audit;
  return {
    auditWritten: one(Number(trouble === undefined)),
    auditQueued: one(queuedBytes),
    auditLost: one(lostRecords),
    ...(space && {
      auditTrail: one(space.bytes),
      auditDisk: one(space.total),
      auditAvailable: one(space.free),
    }),
  };
}

function bansOf(bans: readonly Ban[]): readonly SeriesValue[] {
  const byOperators = bans.filter(({ operator }) => operator).length;
  return [
    { labels: ['failed-logins'], value: bans.length - byOperators },
    { labels: ['operator'], value: byOperators },
  ];
}

function ofStorages(
  storages: readonly StorageState[],
  value: (space: NonNullable<StorageState['space']>) => number,
): readonly SeriesValue[] {
  return storages.flatMap(({ name, space }) => (space ? [{ labels: [name], value: value(space) }] : []));
}

function rulesOf(rules: readonly RuleView[]): Readings {
  const ofEach = (value: (rule: RuleView) => number) =>
    rules.map((rule) => ({ labels: [rule.name], value: value(rule) }));
  return {
    ruleAttempts: rules.flatMap(({ name, attempts }) =>
      Object.entries(attempts).map(([outcome, value]) => ({ labels: [name, outcome], value })),
    ),
    ruleUndelivered: ofEach(({ undelivered }) => undelivered),
    ruleOldest: ofEach(({ oldestSeconds }) => Math.round(oldestSeconds)),
    ruleUnread: ofEach(({ behind }) => behind),
    ruleDeadLetters: ofEach(({ deadLetters }) => deadLetters),
  };
}

/** The larger of the shares that are used of bytes and of files. */
function shareOf({ quota, used }: CountedQuota): number {
  return Math.max(ratio(used.bytes, quota.bytes), ratio(used.files, quota.files));
}

function ratio(used: number, most: number | undefined): number {
  if (most === undefined) return 0;
  return most === 0 ? 1 : used / most;
}
