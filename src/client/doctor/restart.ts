import { homeOf } from '../connection/server-facts.ts';
import { ClientError } from '../errors.ts';
import { entriesOf } from '../listing/directory-entries.ts';
import { type Check, type ExaminedServer, fetchBytes } from './examined-server.ts';
import type { Finding } from './finding.ts';

/** Whether a download can go on in the middle (RFC 3659 section 5), shown with a small file that is there already. */
export const restart: Check = async function* (examined) {
  // The file that is written for the uploads will do.
  if (examined.mayWrite) return;
  const sample = await smallFile(examined);
  if (!sample) {
    yield { check: 'restart', verdict: 'skipped', message: 'The directory holds no small file to try REST with' };
    return;
  }
  const content = await fetchOrRefusal(examined, sample);
  if (content instanceof ClientError) {
    yield notTried(content);
    return;
  }
  yield await judgeRestart(examined, sample, content);
};

/** The same with a file that was just written, which not each account may fetch again. */
export async function restartOf(examined: ExaminedServer, path: string, content: Buffer): Promise<Finding> {
  try {
    return await judgeRestart(examined, path, content);
  } catch (error) {
    if (isRefusal(error)) return notTried(error);
    throw error;
  }
}

/** Fetches a file from its middle on, whose content is known. */
async function judgeRestart(examined: ExaminedServer, path: string, content: Buffer): Promise<Finding> {
  const half = Math.floor(content.length / 2);
  const rest = await fetchBytes(examined, 'RETR', path, half);
  if (rest.equals(content.subarray(half))) {
    return { check: 'restart', verdict: 'good', message: 'A download can go on where it broke off (REST)' };
  }
  return {
    check: 'restart',
    verdict: 'bad',
    message: `REST ${half} was accepted, and then other bytes came than stand there: resumed downloads are damaged`,
    advice: 'Turn resuming off in clients of this server, and update it',
  };
}

/** A refusal says what the account may do, and nothing of the server: a drop box lets nobody download. */
async function fetchOrRefusal(examined: ExaminedServer, path: string): Promise<Buffer | ClientError> {
  try {
    return await fetchBytes(examined, 'RETR', path);
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

function isRefusal(error: unknown): error is ClientError {
  return error instanceof ClientError && (error.code === 'refused' || error.code === 'not-found');
}

function notTried({ message }: ClientError): Finding {
  const what = `REST was not tried, since no file may be fetched: ${message}`;
  return { check: 'restart', verdict: 'skipped', message: what };
}

async function smallFile({ pool, signedIn, signal }: ExaminedServer): Promise<string | undefined> {
  let looked = 0;
  for await (const { kind, size = 0, path } of entriesOf(pool, homeOf(signedIn, pool.settings), { signal })) {
    if (kind === 'file' && size > 1 && size < maxBytes) return path;
    looked += 1;
    if (looked === enough) return undefined;
  }
  return undefined;
}

const maxBytes = 1_000_000;
const enough = 10_000;
