import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { background, joinPath, type VirtualPath } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { Dial } from '../../transport/index.ts';
import type { ControlConnection } from '../connection/connection.ts';
import { homeOf } from '../connection/server-facts.ts';
import { ClientError } from '../errors.ts';
import { askModified, askSize } from '../ftp/attributes.ts';
import { ftpPool } from '../ftp/ftp-session.ts';
import { runTransfer } from '../transfer/run-transfer.ts';
import { temporaryPath } from '../transfer/temporary-name.ts';
import type { TransferPlan } from '../transfer/transfer-plan.ts';
import type { Check, ExaminedServer } from './examined-server.ts';
import type { Finding } from './finding.ts';
import { restartOf } from './restart.ts';

/** What becomes of an upload, of a cut one above all. Writes a file of its own and removes it, or says that it is left. */
export const uploads: Check = async function* (examined) {
  if (!examined.mayWrite) {
    yield { check: 'upload', verdict: 'skipped', message: 'Nothing was written: uploads were not looked at' };
    return;
  }
  const path = temporaryPath(joinPath(homeOf(examined.signedIn, examined.pool.settings), 'doctor'));
  let mayBeThere = true;
  try {
    yield await wholeUpload(examined, path);
    yield* attributes(examined, path);
    yield await restartOf(examined, path, probe);
    yield await cutUpload(examined, path);
  } catch (error) {
    mayBeThere = !(error instanceof ClientError && error.code === 'refused' && error.command?.startsWith('STOR'));
    throw error;
  } finally {
    const failure = await removalFailure(examined, path);
    if (failure !== undefined && mayBeThere) yield leftBehind(path, failure);
  }
};

/** Why the file could not be removed; undefined where it is gone. */
async function removalFailure({ pool }: ExaminedServer, path: VirtualPath): Promise<string | undefined> {
  try {
    await pool.use(undefined, ({ connection }) => connection.request('DELE', path));
    return undefined;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return error.code === 'not-found' ? undefined : error.message;
  }
}

function leftBehind(path: VirtualPath, reason: string): Finding {
  return {
    check: 'left-behind',
    verdict: 'warning',
    message: `${path} is left on the server, as it could not be removed: ${reason}`,
    advice: `Remove ${path} with an account that may`,
    facts: { path },
  };
}

const probe = randomBytes(400_000);

async function wholeUpload({ pool, signal }: ExaminedServer, path: VirtualPath): Promise<Finding> {
  let ending: string | undefined;
  await pool.use(signal, ({ connection }) =>
    store(connection, path, signal, async (data, breakOff, { onSent }) => {
      await data.send(oneChunk(probe), { signal: breakOff, onSent });
      ending = data.peerEnding;
    }),
  );
  const facts = { path, bytes: probe.length };
  if (ending === 'clean' || pool.settings.dataProtection === 'clear') {
    const message = `${path} was written (${probe.length} bytes), and its end answered with close_notify`;
    return { check: 'upload', verdict: 'good', message, facts };
  }
  return {
    check: 'upload',
    verdict: 'note',
    message: `${path} was written, but its end was not answered with close_notify: some clients report an error then`,
    advice: 'Have the server shut TLS down in both directions on data connections (RFC 4217 section 12.6)',
    facts,
  };
}

/** SIZE and MDTM of what was just written. */
async function* attributes({ pool, signal }: ExaminedServer, path: VirtualPath): AsyncGenerator<Finding> {
  const bytes = await pool.use(signal, ({ connection }) => askSize(connection, path, signal));
  const isWhole = bytes === probe.length;
  yield {
    check: 'upload-size',
    verdict: isWhole ? 'good' : 'bad',
    message: isWhole
      ? 'All of it is there (SIZE)'
      : `${probe.length} bytes were sent, and the server says that it has ${bytes}`,
  };
  const time = await pool.use(signal, ({ connection }) => askModified(connection, path, signal));
  const skewS = Math.round((time.getTime() - Date.now()) / 1000);
  const isRight = Math.abs(skewS) <= maxSkewS;
  yield {
    check: 'clock',
    verdict: isRight ? 'good' : 'warning',
    message: isRight
      ? 'Its clock and ours agree'
      : `Its clock differs from ours by ${skewS} seconds (MDTM, which is in UTC)`,
    ...(!isRight && {
      advice: 'Set the clock and the time zone of the server; until then compare files by size or checksum',
    }),
    facts: { skewS },
  };
}

const maxSkewS = 60;

/** TCP ends in the middle, as when a line is cut or somebody cuts it: without close_notify. */
async function cutUpload({ pool, signal }: ExaminedServer, path: VirtualPath): Promise<Finding> {
  let tcp: Socket | undefined;
  const dial: Dial = async (target, given) => {
    tcp = await (pool.settings.dial ?? dialDirectly)(target, given);
    return tcp;
  };
  await using cutting = ftpPool({ ...pool.settings, dial });
  const answer = await cutting.use(signal, async ({ connection }) => {
    try {
      const reply = await store(connection, path, signal, async (data, breakOff) => {
        const half = halfOf(probe, () => tcp?.end());
        background(data.send(half, { signal: breakOff }), () => undefined);
        await wait(answerMs, undefined, { signal: breakOff });
        data.abort();
      });
      return reply.code;
    } catch (error) {
      if (!(error instanceof ClientError) || signal?.aborted) throw error;
      return error.reply?.code;
    }
  });
  if (answer !== undefined && answer < 400) {
    return {
      check: 'cut-upload',
      verdict: 'bad',
      message: `An upload that was cut in the middle is answered with ${answer}, as if it were whole`,
      advice:
        'Have the server insist on close_notify (vsftpd: strict_ssl_read_eof=YES); check uploads by size or checksum',
      facts: { reply: answer },
    };
  }
  return {
    check: 'cut-upload',
    verdict: 'good',
    message: 'An upload that was cut in the middle is not taken for a whole one',
  };
}

async function store(
  connection: ControlConnection,
  path: VirtualPath,
  signal: AbortSignal | undefined,
  move: TransferPlan['move'],
): Promise<Reply> {
  const plan = { verb: 'STOR', argument: path, direction: 'upload', type: 'binary', signal, move } as const;
  const { reply } = await runTransfer(connection, plan);
  return reply;
}

const dialDirectly: Dial = async (target, signal) => {
  const socket = connect(target);
  await once(socket, 'connect', { signal });
  return socket;
};

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** The first half; when that is on its way `cut` is called, and nothing more comes. */
async function* halfOf(bytes: Buffer, cut: () => unknown): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, bytes.length / 2);
  await wait(flushMs);
  cut();
  await new Promise(() => undefined);
}

/** The kernel takes half of the probe at once; this is for TLS before it. */
const flushMs = 200;
/** Until the server has seen the end, and said what it thinks of it. */
const answerMs = 1000;
