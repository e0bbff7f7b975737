import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ZipFile } from 'yazl';
import { baseName, type Entry, namesOf, parentOf, StorageError, type VirtualPath } from '../core/index.ts';
import type { ArchiveRequest } from './archives.ts';
import { attachment } from './file-head.ts';
import type { AnswerBody, AnswerToBrowser } from './http-answer.ts';
import { failureOf, isUnexpected, WebFailure } from './problem.ts';
import { ATTACHED_HEADERS } from './security-headers.ts';
import { below } from './tree.ts';
import type { WebSession } from './web-session.ts';

/** Where it names what is not in it. */
const FAILURES = 'lockport-failures.txt';
/** Larger ones are said to be so at their beginning, which readers of streams go by. */
const ZIP64_FROM = 2 ** 32 - 1;

interface Item {
  readonly path: VirtualPath;
  readonly entry: Entry;
  /** In the zip. */
  readonly name: string;
}

/** A zip of files and directories, made while it is sent. @throws StorageError, WebFailure where it would hold too much */
export async function zipOf(session: WebSession, request: ArchiveRequest, gone: AbortSignal): Promise<AnswerToBrowser> {
  const signal = AbortSignal.any([gone, session.signal]);
  const items = await itemsOf(session, request, signal);
  return {
    status: 200,
    headers: {
      'content-type': 'application/zip',
      'content-disposition': attachment(`${request.name}.zip`),
      ...ATTACHED_HEADERS,
    },
    pour: (out) => send(session, items, signal, out),
  };
}

async function itemsOf(
  { files, settings: { limits } }: WebSession,
  { paths }: ArchiveRequest,
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  const taken = new Set<string>([FAILURES]);
  const add = (path: VirtualPath, entry: Entry, base: VirtualPath) => {
    if (items.length >= limits.maxWebArchiveFiles) {
      throw new WebFailure(
        422,
        'too-many-entries',
        `A zip has at most ${limits.maxWebArchiveFiles} entries (limits.maxWebArchiveFiles): choose fewer`,
      );
    }
    items.push({ path, entry, name: freeName(zipName(namesOf(path).slice(namesOf(base).length)), taken) });
  };
  for (const path of new Set(paths)) {
    const entry = await files.stat(path, { signal });
    const base = parentOf(path);
    if (entry.kind !== 'directory') {
      add(path, entry, base);
      continue;
    }
    if (baseName(path) !== '') add(path, entry, base);
    for await (const found of below(files, path, { maxDepth: limits.maxWebTreeDepth, signal })) {
      add(found.path, found.entry, base);
    }
  }
  return items;
}

/** Programs take `\` for `/`, and a letter with a colon for a disk: no name leads out of where a zip is unpacked. */
function zipName(names: readonly string[]): string {
  return names.map((name) => name.replaceAll(/[\\:]|[\0-\x1f\x7f]/g, '_')).join('/');
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name} (${number})`;
  taken.add(free);
  return free;
}

async function send(session: WebSession, items: readonly Item[], signal: AbortSignal, out: AnswerBody): Promise<void> {
  const yazl = await import('yazl');
  const zip = new yazl.ZipFile();
  // Its types know no more of the stream than what all streams have.
  const output = zip.outputStream as Readable;
  const failed = (error: unknown) => output.destroy(error instanceof Error ? error : new Error(String(error)));
  zip.on('error', failed);
  const filled = fill(session, zip, items, signal);
  filled.catch(failed);
  for await (const bytes of output as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    await out.write(bytes);
  }
  await filled;
}

async function fill(session: WebSession, zip: ZipFile, items: readonly Item[], signal: AbortSignal): Promise<void> {
  const failures: string[] = [];
  for (const { path, entry, name } of items) {
    const mtime = entry.modified;
    if (entry.kind === 'directory') {
      zip.addEmptyDirectory(name, { mtime });
      continue;
    }
    const opened = await open(session, path, signal, (why) => failures.push(`${path}: ${why}`));
    if (opened) await addFile(session, zip, { path, name, ...opened }, signal);
  }
  if (failures.length > 0) {
    const text = `These are not in this zip:\n\n${failures.join('\n')}\n`;
    zip.addBuffer(Buffer.from(text), FAILURES, { compress: false });
  }
  zip.end();
}

interface OpenedItem {
  readonly entry: Entry;
  readonly stream: Readable;
}

/** Undefined where it can't be read, which is told. */
async function open(
  session: WebSession,
  path: VirtualPath,
  signal: AbortSignal,
  told: (why: string) => void,
): Promise<OpenedItem | undefined> {
  const { files } = session;
  try {
    const entry = await files.stat(path, { signal });
    if (entry.kind === 'directory') throw new StorageError('is-directory', 'A link to a directory is not followed');
    return { entry, stream: await files.read(path, { expectedSize: entry.size, signal }) };
  } catch (error) {
    signal.throwIfAborted();
    if (isUnexpected(error)) session.publish({ event: 'failure', verb: 'ZIP', error });
    told(failureOf(error).message);
    return undefined;
  }
}

/** Resolves when its bytes are in the zip. */
async function addFile(
  session: WebSession,
  zip: ZipFile,
  { path, name, entry, stream }: OpenedItem & Pick<Item, 'path' | 'name'>,
  signal: AbortSignal,
): Promise<void> {
  const transfer = session.beginTransfer('download', path, entry);
  try {
    const paced = pacedBy(stream, transfer, signal);
    zip.addReadStream(paced, name, {
      mtime: entry.modified,
      compress: false,
      forceZip64Format: entry.size >= ZIP64_FROM,
    });
    await finished(paced, { signal });
    session.endTransfer(transfer, 'clean', 'complete', 200);
  } catch (error) {
    const { status, message } = failureOf(error);
    session.endTransfer(transfer, 'cut', 'discarded', status, message);
    throw error;
  }
}

function pacedBy(stream: Readable, transfer: ReturnType<WebSession['beginTransfer']>, signal: AbortSignal): Readable {
  async function* pace(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let at = 0;
    for await (const bytes of source) {
      await transfer.admit(bytes.length);
      yield bytes;
      transfer.moved(at, bytes.length);
      at += bytes.length;
    }
  }
  return Readable.from(pace(stream), { objectMode: false, signal });
}
