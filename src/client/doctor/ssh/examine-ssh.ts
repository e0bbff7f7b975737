import { randomBytes } from 'node:crypto';
import { joinPath, type VirtualPath } from '../../../core/index.ts';
import type { Pool } from '../../connection/pool.ts';
import { homeOf } from '../../connection/server-facts.ts';
import type { SessionFacts } from '../../connection/session.ts';
import { ClientError } from '../../errors.ts';
import { removeLeftOver } from '../../files/left-over.ts';
import { entriesOf } from '../../listing/directory-entries.ts';
import type { ClientSettings } from '../../settings.ts';
import { HostKeyError } from '../../sftp/host-key.ts';
import { sftpPool } from '../../sftp/sftp-pool.ts';
import { temporaryPath } from '../../transfer/temporary-name.ts';
import type { Finding } from '../finding.ts';
import { algorithms } from './algorithms.ts';
import { type ServerOffer, serverOffer } from './server-offer.ts';

type Signal = AbortSignal | undefined;

/** The same look at an SFTP server: algorithms, host key, login, what SFTP can do there, listing and clock. */
export async function* examineSsh(
  settings: ClientSettings,
  mayWrite: boolean,
  signal: Signal,
): AsyncGenerator<Finding> {
  const offer = yield* reach(settings, signal);
  if (!offer) return;
  yield* algorithms(offer);
  await using pool = sftpPool(settings);
  const facts = yield* admission(pool, settings, signal);
  if (!facts) return;
  yield* extensions(facts);
  const home = homeOf(facts, settings);
  yield* attempt('listing', signal, () => listing(pool, home, signal));
  if (mayWrite) yield* attempt('upload', signal, () => upload(pool, home, signal));
  else yield { check: 'upload', verdict: 'skipped', message: 'Nothing was written: uploads were not looked at' };
}

async function* reach(settings: ClientSettings, signal: Signal): AsyncGenerator<Finding, ServerOffer | undefined> {
  try {
    const offer = await serverOffer(settings, signal);
    const { host, port } = settings;
    const message = `${host} port ${port} accepts connections (${offer.connectMs} ms)`;
    yield { check: 'connect', verdict: 'good', message, facts: { port, ms: offer.connectMs } };
    yield { check: 'greeting', verdict: 'note', message: `The server calls itself ${offer.software}` };
    return offer;
  } catch (error) {
    if (!(error instanceof ClientError) || signal?.aborted) throw error;
    const advice = 'Check the name, the port (22, or 2022 of Lockport), and the firewalls between';
    yield { check: 'connect', verdict: 'bad', message: error.message, advice };
    return undefined;
  }
}

async function* admission(
  pool: Pool,
  { user, ssh }: ClientSettings,
  signal: Signal,
): AsyncGenerator<Finding, SessionFacts | undefined> {
  try {
    const facts = await pool.use(signal, async (session) => session.facts);
    const { hostKey = '?', fingerprint = '?', cipher = '?', keyExchange = '?' } = facts.ssh ?? {};
    yield ssh.insecure
      ? {
          check: 'host-key',
          verdict: 'warning',
          message: `The host key ${hostKey} was not checked, as you asked`,
          advice: `Pin it instead: ${fingerprint}`,
          facts: { hostKey, fingerprint },
        }
      : {
          check: 'host-key',
          verdict: 'good',
          message: `The host key ${hostKey} is trusted`,
          facts: { hostKey, fingerprint },
        };
    yield { check: 'ssh', verdict: 'good', message: `The connection has ${cipher}, by ${keyExchange}` };
    yield { check: 'login', verdict: 'good', message: `${user} is signed in, in ${facts.directory}` };
    return facts;
  } catch (error) {
    if (!(error instanceof ClientError) || signal?.aborted) throw error;
    yield refusal(error);
    return undefined;
  }
}

function refusal({ code, message, cause }: ClientError): Finding {
  if (!(cause instanceof HostKeyError)) return { check: 'login', verdict: 'bad', message, facts: { code } };
  const { type, fingerprint } = cause.key;
  return {
    check: 'host-key',
    verdict: 'bad',
    message: `${cause.message}. No password was sent, so nothing more can be looked at`,
    advice: `If the fingerprint is what the server's owner tells you, pin it: ${fingerprint}`,
    facts: { hostKey: type, fingerprint, pin: fingerprint },
  };
}

const WANTED: readonly (readonly [name: string, without: string])[] = [
  ['posix-rename@openssh.com', 'a file is replaced in several steps, and not at once'],
  ['fsync@openssh.com', 'an upload that is confirmed may be lost with the power'],
  ['limits@openssh.com', 'reads and writes of 32 KiB are asked for, which is slower'],
  ['statvfs@openssh.com', 'a full disk shows when it is full'],
  ['check-file', 'a transfer cannot be compared by checksum'],
];

function* extensions({ features }: SessionFacts): Generator<Finding> {
  const missing = WANTED.filter(([name]) => !features.has(name));
  const facts = { extensions: [...features.keys()] };
  if (missing.length === 0)
    yield {
      check: 'extensions',
      verdict: 'good',
      message: 'All extensions that this client builds on are there',
      facts,
    };
  for (const [name, without] of missing)
    yield { check: 'extensions', verdict: 'note', message: `The server has no ${name}: ${without}`, facts };
}

/** More would take long, and tell nothing more. */
const ENOUGH = 10_000;

async function* listing(pool: Pool, home: VirtualPath, signal: Signal): AsyncGenerator<Finding> {
  let entries = 0;
  for await (const _ of entriesOf(pool, home, { signal })) {
    entries += 1;
    if (entries === ENOUGH) break;
  }
  const message = `The listing shows ${entries === ENOUGH ? `${entries} entries and more` : `${entries} entries`}`;
  yield { check: 'listing', verdict: 'good', message, facts: { entries } };
}

const PROBE = randomBytes(400_000);
const MAX_SKEW_S = 60;

/** Writes a file of its own, and removes it or says that it is left. */
async function* upload(pool: Pool, home: VirtualPath, signal: Signal): AsyncGenerator<Finding> {
  const path = temporaryPath(joinPath(home, 'doctor'));
  try {
    const { told } = await pool.use(signal, (session) =>
      session.send({ path, type: 'binary', at: 0, signal, source: probe, question: 'entry' }),
    );
    const isWhole = told.size === PROBE.length;
    yield isWhole
      ? { check: 'upload', verdict: 'good', message: `${path} was written (${PROBE.length} bytes)`, facts: { path } }
      : {
          check: 'upload',
          verdict: 'bad',
          message: `${PROBE.length} bytes were sent, and the server has ${told.size ?? '?'}`,
        };
    const { modified } = told.entry ?? {};
    if (modified) yield clock(Math.round((modified.getTime() - Date.now()) / 1000));
  } finally {
    const left = await removeLeftOver(pool, path, {});
    if (left !== undefined) yield { check: 'left-behind', verdict: 'warning', message: left, facts: { path } };
  }
}

function clock(skewS: number): Finding {
  if (Math.abs(skewS) <= MAX_SKEW_S)
    return { check: 'clock', verdict: 'good', message: 'Its clock and ours agree', facts: { skewS } };
  return {
    check: 'clock',
    verdict: 'warning',
    message: `Its clock differs from ours by ${skewS} seconds`,
    advice: 'Set the clock of the server; until then compare files by size or checksum',
    facts: { skewS },
  };
}

async function* probe(): AsyncGenerator<Uint8Array> {
  yield PROBE;
}

/** A check that fails has found something. */
async function* attempt(check: string, signal: Signal, work: () => AsyncGenerator<Finding>): AsyncGenerator<Finding> {
  try {
    yield* work();
  } catch (error) {
    if (!(error instanceof ClientError) || signal?.aborted) throw error;
    yield { check, verdict: 'bad', message: error.message, facts: { code: error.code, phase: error.phase } };
  }
}
