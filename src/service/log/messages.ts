import { type Expiry, FOREVER, hostPort, type ServerEvent, type TlsFacts } from '../../core/index.ts';
import type { EventName } from '../../operations/index.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof LEVELS)[number];

/** How one kind of event is logged. */
export interface LogRow<Event> {
  /** The most severe level that it can have. */
  readonly highest: Level;
  readonly level: (event: Event) => Level;
  /** For people. Fields that only machines want are left to the JSON form. */
  readonly say: (event: Event) => string;
}

/** What a listener speaks. */
export const LISTENER_NAMES: { readonly [mode in EventOf<'listening'>['mode']]: string } = {
  explicit: 'explicit TLS',
  implicit: 'implicit TLS',
  sftp: 'SFTP',
  web: 'the web',
  metrics: 'metrics',
  admin: 'admin',
};

type EventOf<Name extends ServerEvent['event']> = Extract<ServerEvent, { readonly event: Name }>;
type LogTable = { readonly [Name in ServerEvent['event']]: LogRow<EventOf<Name>> };

/** Every event, its level and its sentence. */
export const LOG: LogTable = {
  listening: row(
    'info',
    ({ mode, address, port }) => `Listening on ${hostPort(address, port)} (${LISTENER_NAMES[mode]})`,
  ),
  draining: row('info', ({ sessions }) => `Stopping: no new sessions, ${sessions} to end`),
  stopped: row('info', () => 'Stopped'),
  notice: row('info', ({ message }) => message),
  warning: row('warn', ({ message, error }) => (error ? `${message}: ${firstLine(error.message)}` : message)),
  'session.opened': row('info', ({ address, port, mode }) => `Connected from ${hostPort(address, port)} (${mode})`),
  'session.refused': row('warn', ({ address, reason }) => `Refused ${address}: ${reason}`),
  'session.secured': row('debug', ({ tls }) => `Secured by ${describeTls(tls)}`),
  'session.keys-exchanged': row('debug', ({ ssh }) => `Secured by SSH ${ssh.keyExchange} ${ssh.cipher}`),
  // The end of its session tells it too.
  'handshake.failed': row('debug', ({ protocol, reason }) => `No ${protocol === 'sftp' ? 'SSH' : 'TLS'}: ${reason}`),
  'session.closed': row('info', ({ reason, durationMs }) => `Closed after ${seconds(durationMs)}: ${reason}`),
  'login.succeeded': row(
    'info',
    ({ user, method, key }) => `Signed in as ${user} by ${method}${key === undefined ? '' : ` ${key}`}`,
  ),
  'login.failed': row('warn', ({ user, address, reason }) => `Login as ${user} from ${address} failed: ${reason}`),
  'address.banned': row(
    'warn',
    ({ network, until }) => `${network} is banned until ${until.toISOString()}: too many failed logins`,
  ),
  'password.changed': row('info', () => 'Another password was set by SITE PSWD'),
  'account.locked': row(
    'warn',
    ({ locked, until }) => `The account ${locked} is locked until ${until.toISOString()}: too many wrong passwords`,
  ),
  'quota.passed': row(
    'warn',
    ({ account, percent, bytes, files }) =>
      `${account} has used ${percent} % of its quota or more: ${bytes} bytes in ${files} files`,
  ),
  'account.expires': row('warn', ({ account, ...expiry }) => `The account ${account} ${expiryText(expiry)}`),
  'password.expires': row('warn', ({ account, ...expiry }) => `The password of ${account} ${expiryText(expiry)}`),
  'certificate.expires': row(
    'warn',
    ({ certificate, ...expiry }) => `The certificate of ${firstLine(certificate)} ${expiryText(expiry)}`,
  ),
  'trouble.began': row('warn', ({ reason }) => `Trouble: ${reason}`),
  'trouble.ended': row('info', ({ reason }) => `No more trouble: ${reason}`),
  'schedule.due': row('info', ({ rule, due }) => `The rule ${rule} is due, as of ${due.toISOString()}`),
  'ban.set': row('warn', ({ network, until, reason }) => `${network} is banned ${untilText(until)}: ${reason}`),
  'ban.lifted': row('warn', ({ network }) => `The ban of ${network} is lifted`),
  'operator.acted': row(
    'info',
    ({ by, action, outcome, failure }) => `${by} asked for ${action}: ${failure ?? outcome}`,
  ),
  'admin.signed-in': row(
    'info',
    ({ administrator, address }) => `Administrator ${administrator} signed in from ${address}`,
  ),
  'admin.sign-in-failed': row(
    'warn',
    ({ administrator, address, reason }) => `Login as administrator ${administrator} from ${address} failed: ${reason}`,
  ),
  'admin.acted': row(
    'info',
    ({ administrator, address, action, outcome, reason }) =>
      `Administrator ${administrator} from ${address}: ${action}, ${outcome}${reason === undefined ? '' : `: ${reason}`}`,
  ),
  command: row('debug', ({ verb, argument, reply }) => `${argument === '' ? verb : `${verb} ${argument}`} -> ${reply}`),
  'command.refused': row(
    'info',
    ({ verb, path, address, reply, reason }) =>
      `Refused ${path === undefined ? verb : `${verb} ${path}`} from ${address}: ${reply} ${reason}`,
  ),
  'gate.asked': {
    highest: 'warn',
    level: ({ outcome }) => (outcome === 'accepted' ? 'debug' : 'warn'),
    say: ({ gate, path, outcome, isAdmitted, reason }) =>
      `The gate ${gate}, asked for ${path}: ${outcome}${isAdmitted && outcome !== 'accepted' ? ', and taken nonetheless' : ''}${reason === undefined ? '' : `: ${reason}`}`,
  },
  'data.refused': row('warn', ({ reason }) => `Refused a data connection: ${reason}`),
  'transfer.started': row('debug', ({ verb, path }) => `${verb} ${path} began`),
  'transfer.finished': {
    highest: 'warn',
    level: ({ outcome }) => (outcome === 'complete' ? 'info' : 'warn'),
    say: ({ protocol, verb, path, bytes, durationMs, outcome, ending, reason, tls }) => {
      const how = outcome === 'complete' ? 'whole' : `${outcome}, ended ${ending}${reason ? `, ${reason}` : ''}`;
      return `${verb} ${path}: ${bytes} bytes in ${seconds(durationMs)}, ${how}, ${tls ? describeTls(tls) : protocol === 'sftp' ? 'over SSH' : 'in clear'}`;
    },
  },
  'file.changed': {
    highest: 'info',
    // That an upload was whole is told by its transfer.
    level: ({ change }) => (change === 'stored' ? 'debug' : 'info'),
    say: ({ change, path, to }) => `${change}: ${path}${to ? ` -> ${to}` : ''}`,
  },
  'rule.acted': row(
    'info',
    ({ rule, account, change, path, to }) =>
      `The rule ${rule}, for ${account}: ${change} ${path}${to ? ` -> ${to}` : ''}`,
  ),
  failure: row(
    'error',
    ({ verb, error }) => `${verb ?? 'The session'} failed: ${error instanceof Error ? error.message : String(error)}`,
  ),
};

/** Whose sessions lines are about, by which a log tells strangers. */
const ABOUT_SESSIONS: ReadonlySet<EventName> = new Set(['session.opened', 'session.closed', 'login.succeeded']);

/** The events that a log of this level listens to. */
export function eventsLoggedAt(level: Level): readonly EventName[] {
  const names = Object.keys(LOG) as EventName[];
  return names.filter((name) => ABOUT_SESSIONS.has(name) || isLoggedAt(level, LOG[name].highest));
}

/** Whether a log of a level has lines of another one. */
export function isLoggedAt(level: Level, line: Level): boolean {
  return LEVELS.indexOf(line) >= LEVELS.indexOf(level);
}

function expiryText({ days, expires }: Pick<Expiry, 'days' | 'expires'>): string {
  if (days <= 0) return `has expired at ${expires.toISOString()}`;
  return `expires in ${days === 1 ? 'a day' : `${days} days`}, at ${expires.toISOString()}`;
}

function untilText(until: Date): string {
  return until.getTime() === FOREVER.getTime() ? 'until it is lifted' : `until ${until.toISOString()}`;
}

/** Some errors go on with an excerpt, which has no place in a sentence. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function row<Event>(level: Level, say: (event: Event) => string): LogRow<Event> {
  return { highest: level, level: () => level, say };
}

function describeTls({ version, cipher, resumed }: TlsFacts): string {
  return `${version} ${cipher}${resumed ? ', resumed' : ''}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`;
}
