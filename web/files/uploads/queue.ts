import type { WebMe } from '../../../src/web/contract.ts';
import { ask } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import type { DroppedFile } from './dropped.ts';
import { makeFolder, runUpload, type UploadItem, type UploadState } from './upload.ts';

/** Files at once; the server may allow fewer. */
const AT_ONCE = 3;
const DRAW_MS = 120;
/** The rate is that of so long. */
const RATE_MS = 5000;

/** What goes up, in order. It outlives the pages: whoever looks at another folder goes on uploading. */
class UploadQueue {
  #items: readonly UploadItem[] = [];
  readonly #running = new Map<number, AbortController>();
  readonly #watching = new Set<() => void>();
  #arrived: ((path: string) => void) | undefined;
  #me: WebMe | undefined;
  #lastId = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #samples: { readonly at: number; readonly sent: number }[] = [];

  get items(): readonly UploadItem[] {
    return this.#items;
  }

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Bytes a second, lately. */
  get rate(): number {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last || last.at === first.at) return 0;
    return Math.max(0, ((last.sent - first.sent) * 1000) / (last.at - first.at));
  }

  /** Somebody has signed in: what they left goes on, what others left is gone. */
  begin(me: WebMe): void {
    if (this.#me && this.#me.user !== me.user) this.clear();
    this.#me = me;
    this.#next();
  }

  /** Nobody is signed in: everything waits. */
  halt(): void {
    for (const item of this.#items) if (this.#running.has(item.id)) this.#stop(item, 'waiting');
    this.#changed();
  }

  clear(): void {
    for (const item of this.#items) this.#stop(item, item.state);
    this.#items = [];
    this.#changed();
  }

  /** @param emptyFolders are made, too */
  add(files: readonly DroppedFile[], emptyFolders: readonly string[] = []): void {
    const added = files.map(({ file, path, isInFolder }): UploadItem => {
      this.#lastId += 1;
      return { id: this.#lastId, file, path, isInFolder, state: 'waiting', sent: 0, replace: false, message: '' };
    });
    this.#items = [...this.#items, ...added];
    for (const folder of emptyFolders) {
      inBackground(makeFolder(folder, new AbortController().signal).then(() => this.#arrived?.(folder)));
    }
    this.#next();
  }

  pause(item: UploadItem): void {
    this.#stop(item, 'paused');
    this.#next();
  }

  resume(item: UploadItem, replace = item.replace): void {
    Object.assign(item, { state: 'waiting', replace, message: '' });
    this.#next();
  }

  pauseAll(): void {
    for (const item of this.#items) if (isUnderWay(item)) this.#stop(item, 'paused');
    this.#changed();
  }

  resumeAll(): void {
    for (const item of this.#items) if (item.state === 'paused') item.state = 'waiting';
    this.#next();
  }

  /** What has come of it is forgotten, here and there. */
  cancel(item: UploadItem): void {
    this.#stop(item, 'paused');
    this.#items = this.#items.filter(({ id }) => id !== item.id);
    inBackground(forget(item));
    this.#next();
  }

  clearDone(): void {
    this.#items = this.#items.filter(({ state }) => state !== 'done');
    this.#changed();
  }

  watch(tell: () => void): () => void {
    this.#watching.add(tell);
    return () => this.#watching.delete(tell);
  }

  /** Is told the path of each file that has arrived. */
  whenArrived(tell: ((path: string) => void) | undefined): void {
    this.#arrived = tell;
  }

  #stop(item: UploadItem, state: UploadState): void {
    this.#running.get(item.id)?.abort();
    this.#running.delete(item.id);
    item.state = state;
  }

  #next(): void {
    const me = this.#me;
    const most = Math.min(AT_ONCE, me?.limits.uploads ?? 0);
    const waiting = this.#items.filter(({ id, state }) => state === 'waiting' && !this.#running.has(id));
    if (me) for (const item of waiting.slice(0, most - this.#running.size)) inBackground(this.#run(item, me));
    this.#changed();
  }

  async #run(item: UploadItem, { csrf, limits: { chunkBytes } }: WebMe): Promise<void> {
    const ending = new AbortController();
    this.#running.set(item.id, ending);
    await runUpload(item, { csrf, chunkBytes, signal: ending.signal, onChange: () => this.#soon() });
    if (ending.signal.aborted) return;
    this.#running.delete(item.id);
    if (item.state === 'done') this.#arrived?.(item.path);
    // Signed out meanwhile: this tells the page, and whoever signs in again goes on.
    if (item.state === 'waiting') await ask('GET', '/me');
    else this.#next();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#changed(), DRAW_MS);
  }

  #changed(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const at = performance.now();
    const sent = this.#items.reduce((sum, each) => sum + each.sent, 0);
    this.#samples = [...this.#samples.filter((each) => at - each.at < RATE_MS && each.sent <= sent), { at, sent }];
    for (const tell of this.#watching) tell();
  }
}

/** Those of the page. */
export const uploads = new UploadQueue();

addEventListener('beforeunload', (event) => {
  if (uploads.isBusy) event.preventDefault();
});

export function isUnderWay({ state }: UploadItem): boolean {
  return state === 'waiting' || state === 'running' || state === 'lost' || state === 'checking';
}

async function forget({ path }: UploadItem): Promise<void> {
  const open = await ask<{ readonly uploads: readonly { readonly id: string; readonly path: string }[] }>(
    'GET',
    '/uploads',
  );
  if (!open.ok) return;
  const found = open.body.uploads.find((upload) => upload.path === path);
  if (found) await ask('DELETE', `/uploads/${encodeURIComponent(found.id)}`);
}
