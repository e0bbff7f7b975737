import { FTPError, type FTPResponse } from './ftp-error.ts';

/** Ends a task. The first call counts. */
export interface TaskResolver {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Gets each reply, an FTPError where it refuses, and any other Error when the connection is over. */
export type ResponseHandler = (response: Error | FTPResponse, task: TaskResolver) => void;

/** A command, or none, and who takes the replies to it. */
export class Task {
  readonly command: string | undefined;
  readonly result: Promise<unknown>;
  readonly #handler: ResponseHandler;
  readonly #resolver: TaskResolver;

  /** @param onEnd hears of the end, once */
  constructor(command: string | undefined, handler: ResponseHandler, onEnd: (task: Task) => void) {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    let isOver = false;
    const end = (settle: () => void): void => {
      if (isOver) return;
      isOver = true;
      settle();
      onEnd(this);
    };
    this.command = command;
    this.result = promise;
    this.#handler = handler;
    this.#resolver = {
      resolve: (result) => end(() => resolve(result)),
      reject: (error) => end(() => reject(error)),
    };
  }

  /**
   * Hands something to the handler. A task never outlives its connection: where the handler lets the end of it pass, the
   * task fails with that.
   * @throws what the handler throws; the task has failed with it
   */
  take(response: Error | FTPResponse): void {
    try {
      this.#handler(response, this.#resolver);
    } catch (error) {
      this.#resolver.reject(error instanceof Error ? error : new Error(String(error)));
      throw error;
    } finally {
      if (response instanceof Error && !(response instanceof FTPError)) this.#resolver.reject(response);
    }
  }

  reject(error: Error): void {
    this.#resolver.reject(error);
  }
}
