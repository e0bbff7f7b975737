import type { WebProblem } from '../../../src/web/contract.ts';
import type { Answer } from '../../shared/api.ts';

interface Chunk {
  readonly id: string;
  readonly offset: number;
  readonly bytes: Blob;
  readonly csrf: string;
  readonly signal: AbortSignal;
  /** How many bytes of it have left, so far. */
  readonly onProgress: (sent: number) => void;
}

/** A connection on which nothing moves is lost. */
const SILENCE_MS = 60_000;

/** Sends bytes of an upload; gives where the next ones begin. `fetch` can't tell how far an upload is. */
export function sendChunk({ id, offset, bytes, csrf, signal, onProgress }: Chunk): Promise<Answer<number>> {
  const { promise, resolve } = Promise.withResolvers<Answer<number>>();
  const request = new XMLHttpRequest();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => request.abort(), SILENCE_MS);
  };
  const lost = () => resolve({ ok: false, failure: { status: 0, code: 'unreachable', message: '' } });
  request.upload.addEventListener('progress', ({ loaded }) => {
    alive();
    onProgress(loaded);
  });
  request.addEventListener('load', () => {
    const next = Number(request.getResponseHeader('upload-offset') ?? Number.NaN);
    if (request.status === 204 && Number.isFinite(next)) resolve({ ok: true, body: next, etag: undefined });
    else resolve({ ok: false, failure: { status: request.status, ...problemIn(request.responseText) } });
  });
  for (const event of ['error', 'abort', 'timeout']) request.addEventListener(event, lost);
  request.addEventListener('loadend', () => clearTimeout(timer));
  const stop = () => request.abort();
  signal.addEventListener('abort', stop, { once: true });
  request.addEventListener('loadend', () => signal.removeEventListener('abort', stop));
  request.open('PATCH', `/api/v1/uploads/${encodeURIComponent(id)}`);
  request.setRequestHeader('content-type', 'application/octet-stream');
  request.setRequestHeader('upload-offset', String(offset));
  request.setRequestHeader('x-csrf-token', csrf);
  alive();
  request.send(bytes);
  return promise;
}

function problemIn(text: string): { readonly code: string; readonly message: string } {
  try {
    const { code, detail }: WebProblem = JSON.parse(text);
    return { code, message: detail };
  } catch {
    return { code: 'failed', message: '' };
  }
}
