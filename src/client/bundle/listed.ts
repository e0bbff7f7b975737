import { createHash } from 'node:crypto';
import { decodeText, isWithin, joinPath, ROOT, resolvePath, type VirtualPath } from '../../core/index.ts';
import {
  BundleFailure,
  FrameStream,
  itemHead,
  type ListedEntry,
  ListingReader,
  parseItemEnd,
} from '../../protocol/index.ts';
import type { ControlConnection } from '../connection/connection.ts';
import { ClientError } from '../errors.ts';
import type { FtpPool } from '../ftp/ftp-session.ts';
import { runTransfer } from '../transfer/run-transfer.ts';

/** Directories that were listed whole, each with its entries. */
export type ListedTree = ReadonlyMap<VirtualPath, readonly ListedEntry[]>;

/**
 * The directories below one, and itself, that the server lists in one transfer. Never fails: a directory that is missing
 * here, for whatever reason, has to be listed by itself, which tells the reason.
 */
export async function listTogether(
  pool: FtpPool,
  top: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<ListedTree> {
  const listed = new Map<VirtualPath, readonly ListedEntry[]>();
  const enough = new AbortController();
  const either = signal ? AbortSignal.any([signal, enough.signal]) : enough.signal;
  try {
    await pool.use(either, ({ connection }) =>
      runTransfer(connection, {
        verb: 'BNDL',
        argument: `MLSD ${top}`,
        direction: 'listing',
        type: 'binary',
        signal: either,
        async move(data, breakOff) {
          const incoming = new FrameStream();
          const received = data.receive(incoming, { signal: breakOff }).finally(() => incoming.end());
          await Promise.all([received, readDirectories(incoming, connection, { top, listed }, () => enough.abort())]);
        },
      }),
    );
  } catch (error) {
    if (error instanceof ClientError && error.code === 'unsupported') pool.settings.quirks.withoutBundles = true;
  }
  return listed;
}

async function readDirectories(
  incoming: FrameStream,
  connection: ControlConnection,
  { top, listed }: { readonly top: VirtualPath; readonly listed: Map<VirtualPath, readonly ListedEntry[]> },
  onEnough: () => void,
): Promise<void> {
  const { maxTreeEntries } = connection.settings.limits;
  let left = maxTreeEntries;
  for (;;) {
    const frame = await incoming.next();
    if (frame === undefined) throw new BundleFailure('The tree was cut before its end');
    if (frame.type === 'done') return;
    if (frame.type !== 'head') throw new BundleFailure(`A ${frame.type} frame belongs to no directory`);
    const path = resolvePath(ROOT, itemHead.parse(decodeText(frame.payload)).path);
    const entries = await readDirectory(incoming, connection, left);
    if (entries === 'too many') return onEnough();
    left -= 1 + (entries?.length ?? 0);
    if (entries && isWithin(top, path) && !listed.has(path)) listed.set(path, entries);
  }
}

/** Undefined where it is not whole, or has lines that are none. */
async function readDirectory(
  incoming: FrameStream,
  { settings }: ControlConnection,
  most: number,
): Promise<readonly ListedEntry[] | 'too many' | undefined> {
  const reader = new ListingReader({
    format: 'facts',
    decode: settings.charset.decode,
    maxLineBytes: settings.limits.maxListingLineBytes,
    now: new Date(),
    utcOffsetMinutes: settings.serverUtcOffsetMinutes,
  });
  const hash = createHash('sha256');
  const entries: ListedEntry[] = [];
  for (;;) {
    const frame = await incoming.next();
    if (frame === undefined) throw new BundleFailure('The tree was cut within a directory');
    if (frame.type === 'data') {
      hash.update(frame.payload);
      entries.push(...reader.push(frame.payload));
      if (entries.length + reader.skipped >= most) return 'too many';
    } else if (frame.type === 'end') {
      const end = parseItemEnd(decodeText(frame.payload));
      entries.push(...reader.end());
      const isWhole = 'sha256' in end && hash.digest('hex') === end.sha256 && reader.skipped === 0;
      return isWhole && entries.every(isNamed) ? entries.filter(({ role }) => role === undefined) : undefined;
    } else {
      throw new BundleFailure(`A ${frame.type} frame stands within a directory`);
    }
  }
}

function isNamed({ name }: ListedEntry): boolean {
  try {
    joinPath(ROOT, name);
    return true;
  } catch {
    return false;
  }
}
