import type { SessionInfo } from '../../core/index.ts';
import type { LiveView, WorkerView } from '../front-end.ts';
import { type Attention, attentionToHealth, attentionToRule } from './attention.ts';
import type { OperatedService, ServiceAddress } from './operated-service.ts';
import type { RecentWarning } from './recent-warnings.ts';

const DAY_MS = 86_400_000;
/** A certificate that ends sooner needs attention. Who renews by ACME does so earlier. */
const ATTENTION_DAYS = 14;
/** Accounts that are named with their sessions, those with the most first. */
const MAX_ACCOUNTS = 100;

export interface ServiceStatus {
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  /** When it began, in ISO 8601. */
  readonly since: string;
  readonly uptimeSeconds: number;
  readonly state: 'serving' | 'draining';
  readonly listeners: readonly ServiceAddress[];
  readonly sessions: {
    readonly total: number;
    readonly signedIn: number;
    /** The accounts with the most sessions. */
    readonly byAccount: readonly { readonly account: string; readonly sessions: number }[];
  };
  readonly transfers: { readonly upload: number; readonly download: number; readonly listing: number };
  /** Bytes a second, in the last seconds. */
  readonly throughput: { readonly upload: number; readonly download: number };
  readonly bans: { readonly byFailedLogins: number; readonly byOperators: number };
  readonly certificates: readonly ShownCertificate[];
  /** None where the sessions run in the process itself. */
  readonly workers: readonly WorkerView[];
  /** What somebody should do something about. */
  readonly attention: readonly Attention[];
  /** The last warnings of the log, the newest first. */
  readonly warnings: readonly RecentWarning[];
}

interface ShownCertificate {
  readonly subject: string;
  readonly names: string;
  readonly fingerprint: string;
  readonly isSelfSigned: boolean;
  readonly validTo: string;
  /** Whole days; negative once it is over. */
  readonly daysLeft: number;
}

export async function statusOf(service: OperatedService, now = Date.now()): Promise<ServiceStatus> {
  const { sessions, workers }: LiveView = await service.liveView();
  const looked = await service.health.look();
  const bans = service.bans.list();
  const byOperators = bans.filter(({ operator }) => operator).length;
  const certificates = service.certificates().map(
    ({ subject, names, fingerprint, isSelfSigned, validTo }): ShownCertificate => ({
      subject,
      names,
      fingerprint,
      isSelfSigned,
      validTo: validTo.toISOString(),
      daysLeft: Math.floor((validTo.getTime() - now) / DAY_MS),
    }),
  );
  return {
    version: service.version,
    node: process.version,
    pid: process.pid,
    since: new Date(service.since).toISOString(),
    uptimeSeconds: Math.floor((now - service.since) / 1000),
    state: service.isDraining() ? 'draining' : 'serving',
    listeners: service.addresses,
    sessions: countsOf(sessions),
    transfers: {
      upload: running(sessions, 'upload'),
      download: running(sessions, 'download'),
      listing: running(sessions, 'listing'),
    },
    throughput: service.throughput.measure(sessions),
    bans: { byFailedLogins: bans.length - byOperators, byOperators },
    certificates,
    workers,
    attention: [
      ...attentionToHealth(looked, now),
      ...certificates.flatMap(attentionToCertificate),
      ...workers.flatMap(attentionToWorker),
      ...service.rules.runners.flatMap(({ view }) => attentionToRule(view)),
    ],
    warnings: service.warnings.list,
  };
}

function countsOf(sessions: readonly SessionInfo[]): ServiceStatus['sessions'] {
  const signedIn = sessions.filter(({ account }) => account !== undefined);
  const byAccount = [...Map.groupBy(signedIn, ({ account = '' }) => account)]
    .map(([account, all]) => ({ account, sessions: all.length }))
    .toSorted((one, other) => other.sessions - one.sessions || (one.account < other.account ? -1 : 1));
  return { total: sessions.length, signedIn: signedIn.length, byAccount: byAccount.slice(0, MAX_ACCOUNTS) };
}

function running(sessions: readonly SessionInfo[], direction: keyof ServiceStatus['transfers']): number {
  return sessions.filter(({ transfer }) => transfer?.direction === direction).length;
}

function attentionToCertificate({ subject, validTo, daysLeft }: ShownCertificate): Attention[] {
  if (daysLeft < 0)
    return [{ code: 'certificate-expired', message: `The certificate of ${subject} is over since ${validTo}` }];
  if (daysLeft >= ATTENTION_DAYS) return [];
  return [
    {
      code: 'certificate-expires',
      message: `The certificate of ${subject} is over in ${daysLeft} days, at ${validTo}`,
    },
  ];
}

function attentionToWorker({ worker, state }: WorkerView): Attention[] {
  if (state === 'serving') return [];
  return state === 'silent'
    ? [{ code: 'worker-silent', message: `Worker ${worker} did not answer: what its sessions do is not known` }]
    : [{ code: 'worker-starting', message: `Worker ${worker} does not serve yet` }];
}
