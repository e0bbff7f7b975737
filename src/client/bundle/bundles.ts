import type { VirtualPath } from '../../core/index.ts';
import type { ItemResult } from '../../protocol/index.ts';
import type { Pool } from '../connection/pool.ts';
import { replyError } from '../connection/reply-error.ts';
import { ClientError, type ClientErrorCode } from '../errors.ts';
import type { FtpPool } from '../ftp/ftp-session.ts';
import { type FetchedFile, fetchFiles, type WantedFile } from './fetched.ts';
import { Lane } from './lane.ts';
import { type OutgoingFile, type OutgoingItem, storeItems } from './stored.ts';

type Word = 'STOR' | 'RETR' | 'MLSD';

/** Whether the server takes bundles, as far as is known; only FTP has them. Their paths are UTF-8. */
export function canBundle(pool: Pool, word: Word): pool is FtpPool {
  const { quirks, isUtf8 } = pool.settings;
  return isUtf8 && !quirks.withoutBundles && quirks.bundles.has(word);
}

/** Whether a file is small enough to go with others. */
export function isSmall({ settings }: Pool, size: number | undefined): size is number {
  return size !== undefined && size <= settings.limits.bundledFileBytes;
}

/**
 * Stores a small file together with others. Undefined where that was not possible: then the ordinary way is to be gone,
 * and tells what is wrong.
 * @throws ClientError where the server refuses this file; what `load` throws
 */
export async function storeTogether(
  pool: FtpPool,
  path: VirtualPath,
  load: () => Promise<Omit<OutgoingFile, 'path'>>,
  signal: AbortSignal | undefined,
): Promise<ItemResult | undefined> {
  const { store } = lanesOf(pool);
  const result = await orNothing(pool, () => store.do(async () => ({ path, ...(await load()) }), asItIs, signal));
  return result && taken(result, path);
}

/**
 * Makes a directory together with what else is on its way. Where there is nothing else, or that was not possible, `alone`
 * makes it the ordinary way: it may have been made before where `isDoubtful`, as a bundle broke.
 * @throws ClientError where the server refuses it; what `alone` throws
 */
export async function makeTogether(
  pool: FtpPool,
  path: VirtualPath,
  alone: (isDoubtful: boolean) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const lanes = lanesOf(pool);
  // One round trip, where a bundle takes several to open.
  const isFirst = lanes.making === 0 && !lanes.store.isOpen;
  lanes.making += 1;
  try {
    const became = isFirst ? 'nothing' : await makeBundled(pool, path, signal);
    if (became !== 'made') await alone(became === 'doubtful');
  } finally {
    lanes.making -= 1;
  }
}

async function makeBundled(
  pool: FtpPool,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<'made' | 'doubtful' | 'nothing'> {
  const directory = { path, sendings: 0 };
  const result = await orNothing(pool, () => lanesOf(pool).store.do(async () => directory, asItIs, signal));
  if (result && result.reply.code < 300) return 'made';
  if (directory.sendings > (result ? 1 : 0)) return 'doubtful';
  // A server whose bundles hold files alone says 501.
  return result && result.reply.code !== 501 && taken(result, path) ? 'made' : 'nothing';
}

/** @throws ClientError where the server refuses it, unless it may take it another time: undefined then. */
function taken(result: ItemResult, path: VirtualPath): ItemResult | undefined {
  if (result.reply.code < 300) return result;
  const refusal = replyError(result.reply, 'transfer', `BNDL STOR ${path}`);
  if (refusal.retryable) return undefined;
  throw refusal;
}

/** A file that came whole. */
type WholeFile = Extract<FetchedFile, { readonly content: Uint8Array }>;

/**
 * Fetches a small file together with others, and has `use` take it: others wait as long as too many are in use. Undefined
 * where that was not possible, or where it is not small: then the ordinary way is to be gone.
 * @throws ClientError where the server refuses this file; what `use` throws
 */
export async function fetchTogether<Result>(
  pool: FtpPool,
  path: VirtualPath,
  use: (file: WholeFile) => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result | undefined> {
  const { fetch } = lanesOf(pool);
  const most = pool.settings.limits.bundledFileBytes;
  const take = async (file: FetchedFile) => ('content' in file ? { result: await use(file) } : file);
  const file = await orNothing(pool, () => fetch.do(async () => ({ path, most }), take, signal));
  if (file === undefined || 'differs' in file) return undefined;
  if ('result' in file) return file.result;
  // It is larger.
  if (file.refusal.code === 552) return undefined;
  const refusal = replyError(file.refusal, 'transfer', `BNDL RETR ${path}`);
  if (refusal.retryable) return undefined;
  throw refusal;
}

async function asItIs<T>(answer: T): Promise<T> {
  return answer;
}

/** Lets the bundles of a pool that closes end in good order. */
export async function closeBundles(pool: Pool): Promise<void> {
  const lanes = LANES.get(pool);
  if (lanes) await Promise.all([lanes.store.close(), lanes.fetch.close()]);
}

interface Lanes {
  readonly store: Lane<OutgoingItem, ItemResult>;
  readonly fetch: Lane<WantedFile, FetchedFile>;
  /** Directories that are being made. */
  making: number;
}

const LANES = new WeakMap<Pool, Lanes>();

function lanesOf(pool: FtpPool): Lanes {
  const lanes = LANES.get(pool) ?? { store: new Lane(pool, storeItems), fetch: new Lane(pool, fetchFiles), making: 0 };
  LANES.set(pool, lanes);
  return lanes;
}

async function orNothing<T>({ settings: { quirks } }: Pool, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ClientError) || error.phase === 'local' || FINAL.has(error.code)) throw error;
    if (error.code === 'unsupported') quirks.withoutBundles = true;
    return undefined;
  }
}

/** The caller's own doing. */
const FINAL: ReadonlySet<ClientErrorCode> = new Set<ClientErrorCode>(['aborted', 'closed']);
