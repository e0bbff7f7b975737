import type { ClientErrorCode } from '../client/index.ts';
import type { ControlErrorCode } from '../service/index.ts';
import { formatTable } from './table.ts';

/** What the exit code of the program says. No number ever gets another meaning. */
export const EXIT_CODES = {
  done: { code: 0, summary: 'all is done' },
  failed: { code: 1, summary: 'something failed that no other code names' },
  usage: { code: 2, summary: 'the command line or a configuration file is wrong; nothing was done' },
  connection: { code: 3, summary: 'no connection to the server, or it was lost' },
  trust: { code: 4, summary: 'TLS failed, or the server is not trusted' },
  login: { code: 5, summary: 'the server refused the login' },
  missing: { code: 6, summary: 'there is no such file or directory on the server' },
  refused: { code: 7, summary: 'the server refused what was asked for, or cannot do it' },
  broken: { code: 8, summary: 'a transfer broke off, stalled, or came out wrong' },
  local: { code: 9, summary: 'a file or directory of this machine failed' },
  partly: { code: 10, summary: 'of several files or commands some failed' },
  unhealthy: { code: 11, summary: 'the doctor found a problem' },
  incomplete: { code: 12, summary: 'a listing was incomplete: there may be more on the server than was found' },
  tooManyDeletions: { code: 13, summary: 'a sync would have deleted more than is allowed; nothing was done' },
  altered: { code: 14, summary: 'the audit trail, or a receipt, is not what was written' },
  changes: { code: 15, summary: 'a plan has changes to make; nothing was done' },
  unmet: { code: 16, summary: 'a policy demands something that is not so' },
  interrupted: { code: 130, summary: 'interrupted by Ctrl-C' },
  outputClosed: { code: 141, summary: 'whoever read the output did not want all of it' },
  terminated: { code: 143, summary: 'ended by SIGTERM' },
} as const satisfies { readonly [name: string]: ExitCode };

interface ExitCode {
  readonly code: number;
  readonly summary: string;
}

export type ExitName = keyof typeof EXIT_CODES;

/** The exit codes as the help shows them. */
export function exitCodesText(): string {
  return `\nExit codes:\n${formatTable(Object.values(EXIT_CODES).map(({ code, summary }) => [`  ${code}`, summary]))}`;
}

/** What each failure of the client makes of the exit code. */
export const CLIENT_EXITS: { readonly [code in ClientErrorCode]: ExitName } = {
  'invalid-argument': 'usage',
  'clear-text-refused': 'usage',
  'connect-failed': 'connection',
  'connection-lost': 'connection',
  closed: 'connection',
  timeout: 'connection',
  'tls-refused': 'trust',
  'tls-failed': 'trust',
  untrusted: 'trust',
  'session-not-reused': 'trust',
  'login-refused': 'login',
  'not-found': 'missing',
  refused: 'refused',
  unsupported: 'refused',
  exists: 'refused',
  protocol: 'refused',
  limit: 'refused',
  'incomplete-listing': 'incomplete',
  'too-many-deletions': 'tooManyDeletions',
  'data-connection': 'broken',
  truncated: 'broken',
  stalled: 'broken',
  unconfirmed: 'broken',
  'wrong-size': 'broken',
  'wrong-checksum': 'broken',
  changed: 'broken',
  local: 'local',
  aborted: 'interrupted',
};

/** What each failure of the control socket makes of it. */
export const CONTROL_EXITS: { readonly [code in ControlErrorCode]: ExitName } = {
  'no-server': 'connection',
  lost: 'connection',
  'no-socket': 'refused',
  'not-allowed': 'refused',
  'other-version': 'refused',
  'unknown-procedure': 'refused',
  'invalid-request': 'usage',
  'no-such-session': 'refused',
  'no-such-file': 'refused',
  'too-many-files': 'refused',
  'no-such-account': 'refused',
  'no-such-ban': 'refused',
  'no-such-rule': 'refused',
  'no-such-event': 'refused',
  'too-many-events': 'refused',
  'too-wide': 'refused',
  'too-many-bans': 'refused',
  'not-kept': 'failed',
  failed: 'failed',
};
