import { type Files, StorageError, type VirtualPath } from '../core/index.ts';
import { FileUpload, type UploadingSession } from './file-upload.ts';
import { hashOfKept } from './kept-part.ts';
import { WebFailure } from './problem.ts';

/** What is to be uploaded. */
export interface UploadRequest {
  readonly path: VirtualPath;
  readonly size: number;
  readonly modified?: Date | undefined;
  readonly replace: boolean;
  readonly resume: boolean;
  /** It comes as a whole in one request: nothing of it is put aside for another one. */
  readonly isWhole?: boolean;
}

/** The uploads of one session that are under way. */
export class Uploads {
  readonly #session: UploadingSession;
  readonly #open = new Map<string, FileUpload>();

  constructor(session: UploadingSession) {
    this.#session = session;
  }

  get all(): readonly FileUpload[] {
    return [...this.#open.values()];
  }

  /** @throws WebFailure where there is none */
  find(id: string): FileUpload {
    const found = this.#open.get(id);
    if (found) return found;
    throw new WebFailure(404, 'not-found', 'There is no such upload any more: begin it anew, with resume');
  }

  /** @throws StorageError `exists` where a file stands there that may not be replaced */
  async begin(request: UploadRequest): Promise<FileUpload> {
    const { files, signal, settings } = this.#session;
    const { path, size, resume } = request;
    const earlier = this.all.find((upload) => upload.path === path);
    if (earlier?.isBusy) throw new WebFailure(409, 'busy', 'This session is uploading to that path at this moment');
    if (earlier && resume && earlier.size === size) return earlier;
    await earlier?.putAside('another upload to its path began');
    const { maxWebUploads } = settings.limits;
    if (this.#open.size >= maxWebUploads) {
      throw new WebFailure(429, 'too-many-requests', `At most ${maxWebUploads} uploads at once: end one first`, {
        'retry-after': '5',
      });
    }
    const isReplacing = await this.#isPublished(files, request);
    const isKept = !isReplacing && request.isWhole !== true && files.can('keep-partial', path);
    const kept = isKept && resume ? await hashOfKept(files, path, size, signal) : undefined;
    const upload = new FileUpload({ session: this.#session, ...request, isReplacing, isKept, ...kept }, () =>
      this.#open.delete(upload.id),
    );
    this.#open.set(upload.id, upload);
    return upload;
  }

  /** Puts all of them aside. */
  async end(): Promise<void> {
    await Promise.all(this.all.map((upload) => upload.putAside('the session ended')));
  }

  async #isPublished(files: Files, { path, replace }: UploadRequest): Promise<boolean> {
    try {
      const { kind } = await files.stat(path, { signal: this.#session.signal });
      if (kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
      if (!replace) throw new StorageError('exists', 'A file of this name exists');
      return true;
    } catch (error) {
      if (error instanceof StorageError && (error.code === 'not-found' || error.code === 'incomplete')) return false;
      throw error;
    }
  }
}
