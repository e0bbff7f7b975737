import type { CommitBody, CommittedUpload, DirectoryBody, UploadBody, WebUpload } from '../../../src/web/contract.ts';
import { type Answer, ask, type Failure, part } from '../../shared/api.ts';
import { parentOf } from '../paths.ts';
import { words } from '../words/index.ts';
import { hashOf } from './hash.ts';
import { sendChunk } from './send-chunk.ts';

export type UploadState = keyof typeof words.uploads.states;

/** A file on its way, or one that waits for that. */
export interface UploadItem {
  readonly id: number;
  readonly file: File;
  /** Where it goes. */
  readonly path: string;
  /** Whether the directory it goes to may have to be made. */
  readonly isInFolder: boolean;
  state: UploadState;
  /** Bytes. */
  sent: number;
  replace: boolean;
  message: string;
}

interface RunOptions {
  readonly csrf: string;
  readonly chunkBytes: number;
  readonly signal: AbortSignal;
  readonly onChange: () => void;
}

/** So many losses in a row, without a byte between them, and a person is asked. At the longest wait, half an hour. */
const MAX_LOSSES = 120;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** Smaller than the server takes, so that a pause is soon. */
const CHUNK_BYTES = 16 * 1024 * 1024;
const PASSING = new Set([0, 408, 429, 502, 503, 504]);

/** Sends one file whole, over any number of connections, and has it published. What becomes of it stands in `item`. */
export async function runUpload(item: UploadItem, options: RunOptions): Promise<void> {
  const { signal, onChange } = options;
  const set = (state: UploadState, message = '') => {
    if (signal.aborted) return;
    Object.assign(item, { state, message });
    onChange();
  };
  const ending = new AbortController();
  const hash = hashOf(item.file, AbortSignal.any([signal, ending.signal]));
  try {
    let failure = await attempt(item, options, hash, set, true);
    // What an earlier upload has left was of another file.
    if (failure?.code === 'checksum') failure = await attempt(item, options, hash, set, false);
    if (!failure) set('done');
    else if (failure.code === 'exists') set('exists');
    else if (failure.code === 'not-signed-in') set('waiting');
    else set('failed', messageOf(failure));
  } finally {
    ending.abort();
  }
}

type Outcome = Failure | undefined;

async function attempt(
  item: UploadItem,
  { csrf, chunkBytes, signal, onChange }: RunOptions,
  hash: Promise<string | undefined>,
  set: (state: UploadState) => void,
  resume: boolean,
): Promise<Outcome> {
  const { file, path, replace } = item;
  const body: UploadBody = {
    path,
    size: file.size,
    replace,
    resume,
    modified: new Date(file.lastModified).toISOString(),
  };
  const patient = { signal, onLost: () => set('lost'), onBack: () => set('running') };
  set('running');
  if (item.isInFolder) {
    const made = await patiently(patient, () => makeFolder(parentOf(path), signal));
    if (!made.ok) return made.failure;
  }
  let upload: WebUpload | undefined;
  while (upload === undefined || item.sent < file.size) {
    if (upload === undefined) {
      const begun = await patiently(patient, () => ask<WebUpload>('POST', '/uploads', { body, signal }));
      if (!begun.ok) return begun.failure;
      upload = begun.body;
      item.sent = upload.offset;
      onChange();
      continue;
    }
    const { id } = upload;
    const offset = item.sent;
    const bytes = file.slice(offset, offset + Math.min(chunkBytes, CHUNK_BYTES));
    const onProgress = (sent: number) => {
      item.sent = Math.min(file.size, offset + sent);
      onChange();
    };
    if (!(await isReadable(bytes))) return failed('unreadable', words.uploads.unreadable);
    const moved = await patiently(
      patient,
      () => sendChunk({ id, offset, bytes, csrf, signal, onProgress }),
      // Whatever was lost: where the server is, is asked for before anything is sent again.
      () => ask<WebUpload>('GET', `/uploads/${part(id)}`, { signal }),
    );
    if (moved.ok) item.sent = typeof moved.body === 'number' ? moved.body : moved.body.offset;
    else if (moved.failure.status === 404) upload = undefined;
    else if (moved.failure.code === 'offset') {
      const now = await patiently(patient, () => ask<WebUpload>('GET', `/uploads/${part(id)}`, { signal }));
      if (now.ok) item.sent = now.body.offset;
      else if (now.failure.status === 404) upload = undefined;
      else return now.failure;
    } else return moved.failure;
    onChange();
  }
  set('checking');
  const sha256 = await hash;
  if (sha256 === undefined) return failed('unreadable', words.uploads.unreadable);
  const { id } = upload;
  const commit: CommitBody = { sha256 };
  const committed = await patiently(patient, () =>
    ask<CommittedUpload>('POST', `/uploads/${part(id)}/commit`, { body: commit, signal }),
  );
  if (!committed.ok) return committed.failure;
  return committed.body.sha256 === sha256 ? undefined : failed('checksum', words.uploads.differs);
}

interface Patience {
  readonly signal: AbortSignal;
  readonly onLost: () => void;
  readonly onBack: () => void;
}

/** Does it until the server answers for good. @param instead what is done after a loss in place of `work` */
async function patiently<Body, Other = Body>(
  { signal, onLost, onBack }: Patience,
  work: () => Promise<Answer<Body>>,
  instead?: () => Promise<Answer<Other>>,
): Promise<Answer<Body | Other>> {
  let answer: Answer<Body | Other> = await work();
  for (
    let losses = 1;
    !answer.ok && isPassing(answer.failure) && losses <= MAX_LOSSES && !signal.aborted;
    losses += 1
  ) {
    onLost();
    await delay(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(losses - 1, 10)), signal);
    if (signal.aborted) break;
    answer = await (instead ?? work)();
    if (answer.ok) onBack();
  }
  return answer;
}

function isPassing({ status, code }: Failure): boolean {
  return PASSING.has(status) || code === 'busy';
}

/** Also over as soon as the browser has a network again. */
function delay(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const over = new AbortController();
  for (const [target, event] of [
    [globalThis, 'online'],
    [signal, 'abort'],
  ] as const) {
    target.addEventListener(event, () => resolve(), { signal: over.signal });
  }
  return promise.finally(() => {
    clearTimeout(timer);
    over.abort();
  });
}

/** Browsers tell of a file that has changed or gone only when it is read. */
async function isReadable(bytes: Blob): Promise<boolean> {
  if (bytes.size === 0) return true;
  return bytes
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
}

/** Makes a folder and those on the way to it. */
export function makeFolder(path: string, signal: AbortSignal): Promise<Answer<unknown>> {
  const body: DirectoryBody = { path, parents: true };
  return ask('POST', '/directories', { body, signal });
}

function failed(code: string, message: string): Failure {
  return { status: 422, code, message };
}

function messageOf({ status, code, message }: Failure): string {
  if (code === 'checksum') return words.uploads.differs;
  if (status === 0) return words.uploads.unreachable;
  return message === '' ? words.failed : message;
}
