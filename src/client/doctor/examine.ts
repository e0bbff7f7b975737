import type { CallOptions } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import { ftpPool } from '../ftp/ftp-session.ts';
import type { ConnectOptions } from '../options.ts';
import { type ClientSettings, settingsOf } from '../settings.ts';
import { aborting } from './aborting.ts';
import { admission, clearLogin } from './admission.ts';
import { closeNotify } from './close-notify.ts';
import type { Check, DataFact, ExaminedServer } from './examined-server.ts';
import { features } from './features.ts';
import type { Finding } from './finding.ts';
import { listing } from './listing.ts';
import { passive } from './passive.ts';
import { protection } from './protection.ts';
import { restart } from './restart.ts';
import { sessions } from './sessions.ts';
import { examineSsh } from './ssh/examine-ssh.ts';
import { tickets } from './tickets.ts';
import { uploads } from './uploads.ts';
import { versions } from './versions.ts';

export interface ExamineOptions extends CallOptions {
  /**
   * Lets uploads be looked at: a small file with a name of its own is written into the directory of the URL, and
   * removed. Default: false; nothing on the server changes.
   */
  readonly mayWrite?: boolean;
}

/** What is looked at once we are signed in, by the name that its findings have when it breaks. */
const CHECKS: { readonly [name: string]: Check } = {
  'tls-versions': versions,
  features,
  protection,
  passive,
  sessions,
  tickets,
  listing,
  'close-notify': closeNotify,
  abort: aborting,
  restart,
  upload: uploads,
};

/**
 * Looks at a server as a client meets it: connection, TLS, certificate, login, data connections, and how transfers end; over
 * SSH algorithms, host key, login, what SFTP can do there, listing and clock.
 * Nothing is sent to a server that is not trusted. What a server gets wrong is a finding; nothing of it throws.
 * @throws ClientError for options that make no sense, and `aborted`
 */
export async function* examine(
  target: string | ConnectOptions,
  more: Partial<ConnectOptions> = {},
  { mayWrite = false, signal }: ExamineOptions = {},
): AsyncGenerator<Finding> {
  const given = settingsOf(target, { ...more, connections: 1, retry: { attempts: 1 } });
  if (given.security === 'ssh') {
    yield* examineSsh(given, mayWrite, signal);
    return;
  }
  const data: DataFact[] = [];
  const settings: ClientSettings = {
    ...given,
    log(entry) {
      if (entry.event === 'data') data.push(entry);
      given.log(entry);
    },
  };
  await using pool = ftpPool(settings);
  const signedIn = yield* admission(pool, signal);
  if (signedIn === 'unreachable') return;
  if (settings.security === 'explicit') yield* guarded('clear-login', clearLogin(settings, signal), signal);
  if (signedIn === 'refused') return;
  const examined: ExaminedServer = { pool, signedIn, mayWrite, signal, data };
  for (const [name, check] of Object.entries(CHECKS)) yield* guarded(name, check(examined), signal);
}

/** A check that fails has found something. */
async function* guarded(
  check: string,
  findings: AsyncIterable<Finding>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding> {
  try {
    yield* findings;
  } catch (error) {
    if (!(error instanceof ClientError) || signal?.aborted) throw error;
    yield { check, verdict: 'bad', message: error.message, facts: { code: error.code, phase: error.phase } };
  }
}
