import { hostPort } from '../../core/index.ts';
import {
  type AnswerOf,
  type EndedSession,
  LISTENER_NAMES,
  type ServiceStatus,
  type ShownBan,
  type ShownSession,
} from '../../service/index.ts';
import { formatMoment } from '../field-texts.ts';
import { counted, formatBytes } from '../quantity.ts';
import { formatTable } from '../table.ts';

type ShownSessions = AnswerOf<'sessions'>;

/** `lockport status` for people. */
export function statusLines(status: ServiceStatus): readonly string[] {
  const { sessions, transfers, throughput, bans } = status;
  const strangers = sessions.total - sessions.signedIn;
  return [
    ...tableLines([
      ['server', `Lockport ${status.version}, process ${status.pid}, ${status.state} since ${moment(status.since)}`],
      ['up', duration(status.uptimeSeconds)],
      ...status.listeners.map(({ mode, address, port }) => [
        'listens',
        `${hostPort(address, port)} (${LISTENER_NAMES[mode]})`,
      ]),
      ...status.workers.map(({ worker, pid, state, sessions }) => [
        `worker ${worker}`,
        `${state}${pid === undefined ? '' : `, process ${pid}`}, ${counted(sessions, 'session')}`,
      ]),
      ['sessions', `${sessions.total}${strangers > 0 ? ` (${strangers} without a login)` : ''}`],
      ...sessions.byAccount.map((each) => ['', `${each.account}: ${each.sessions}`]),
      ['transfers', `${transfers.upload} up, ${transfers.download} down, ${counted(transfers.listing, 'listing')}`],
      ['speed', `${rate(throughput.upload)} up, ${rate(throughput.download)} down`],
      ['bans', `${bans.byFailedLogins} by failed logins, ${bans.byOperators} by operators`],
      ...status.certificates.map(({ subject, daysLeft, validTo }) => [
        'certificate',
        `${subject.replaceAll('\n', ', ')}: ${daysLeft} days left, until ${moment(validTo)}`,
      ]),
    ]),
    ...status.attention.map(({ message }) => `ATTENTION  ${message}`),
    ...status.warnings.map(
      ({ at, message, times }) => `${moment(at)}  warning: ${message}${times > 1 ? ` (${times} times)` : ''}`,
    ),
  ];
}

/** `lockport sessions` for people. */
export function sessionLines({ sessions, workers }: ShownSessions, now = Date.now()): readonly string[] {
  const others = workers.filter(({ state }) => state !== 'serving');
  return [
    ...sessionTable(sessions, now),
    ...others.map(({ worker, state }) =>
      state === 'silent'
        ? `Worker ${worker} does not answer: its sessions may do more`
        : `Worker ${worker} does not serve yet`,
    ),
  ];
}

function sessionTable(sessions: readonly ShownSession[], now: number): readonly string[] {
  if (sessions.length === 0) return ['No session is open'];
  const rows = sessions.map((session) => [
    session.session,
    session.account ?? (session.user === undefined ? '-' : `(${session.user})`),
    hostPort(session.address, session.port),
    age(session.since, now),
    overText(session),
    session.client ?? '-',
    doingText(session, now),
  ]);
  return tableLines([['SESSION', 'ACCOUNT', 'FROM', 'FOR', 'OVER', 'CLIENT', 'NOW'], ...rows]);
}

export function endedLines(sessions: readonly EndedSession[]): readonly string[] {
  return sessions.map(({ session, address, account, outcome }) => {
    const end = outcome === 'ended' ? 'ended' : 'is ending: its client or its disk does not answer yet';
    return `Session ${session}${account === undefined ? '' : ` of ${account}`} from ${address} ${end}`;
  });
}

/** `lockport ban list` for people. */
export function banLines(bans: readonly ShownBan[]): readonly string[] {
  if (bans.length === 0) return ['No network is banned'];
  const rows = bans.map(({ network, by, until, since, reason }) => [
    network,
    until === null ? 'until lifted' : moment(until),
    by === 'operator' ? `operator, ${since === undefined ? '' : moment(since)}` : 'failed logins',
    reason ?? '-',
  ]);
  return tableLines([['NETWORK', 'UNTIL', 'BY', 'REASON'], ...rows]);
}

function overText({ tls, ssh, mode, isSilent }: ShownSession): string {
  if (isSilent) return '?';
  if (mode === 'sftp') return ssh ? `SSH ${ssh.cipher}` : 'SSH, before its keys';
  return tls ? `${tls.version} ${tls.cipher}${tls.resumed ? ' resumed' : ''} (${mode})` : 'in clear';
}

function doingText({ transfer, command, isSilent, worker }: ShownSession, now: number): string {
  if (isSilent) return `worker ${worker ?? '?'} does not answer`;
  if (!transfer) return command ? `${command.verb} for ${age(command.since, now)}` : 'idle';
  const { verb, path, bytes, totalBytes, offset, rate: speed, since } = transfer;
  const from = offset > 0 ? ` from ${formatBytes(offset)}` : '';
  const of = totalBytes === undefined ? '' : ` of ${formatBytes(totalBytes)}`;
  return `${verb} ${path}${from}: ${formatBytes(bytes)}${of} in ${age(since, now)}, ${rate(speed)}`;
}

function rate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

function moment(iso: string): string {
  return `${formatMoment(new Date(iso))} UTC`;
}

function age(since: string, now: number): string {
  return duration(Math.max(0, Math.floor((now - Date.parse(since)) / 1000)));
}

/** The two largest units: `3d 4h`, `2h 5m`, `12m 30s`, `45s`. */
function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}

function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  return formatTable(rows).trimEnd().split('\n');
}
