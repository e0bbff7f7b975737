import { BackupError, type BackupStream, makeBackup, streamBackup } from '../backup/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { StartError } from '../start-error.ts';
import type { Implementation } from '../workers/rpc.ts';
import { type ApiFailure, apiFailure } from './api-failure.ts';

/** What every backup needs. */
interface BackupAsk {
  /** That of the configuration. */
  readonly file: string | undefined;
  readonly passphrase: string;
  readonly version: string;
}

export interface BackupProcedures {
  /** Makes one as a file. */
  readonly backup: {
    readonly ask: BackupAsk & { readonly target: string };
    readonly answer: { readonly files: number; readonly createdAt: string } | ApiFailure;
  };
  /** Begins one that is read part by part, and ended in any case. */
  readonly beginBackup: { readonly ask: BackupAsk; readonly answer: object | ApiFailure };
  /** Undefined at its end; fails where it can't go on. */
  readonly readBackup: { readonly ask: undefined; readonly answer: Uint8Array | undefined };
  readonly endBackup: { readonly ask: undefined; readonly answer: undefined };
}

/** Makes backups, one at a time: each copies the database, and reads all that belongs to the server. */
export function backupDesk(configuration: Configuration): Implementation<BackupProcedures> {
  let isBusy = false;
  let stream: BackupStream | undefined;

  async function one<Result>(work: () => Promise<Result>): Promise<Result | ApiFailure> {
    if (isBusy) return apiFailure('backup-failed', 'A backup is being made: ask again once that has ended');
    isBusy = true;
    try {
      return await work();
    } catch (error) {
      if (error instanceof BackupError || error instanceof StartError)
        return apiFailure('backup-failed', error.message);
      throw error;
    } finally {
      isBusy = stream !== undefined;
    }
  }

  return {
    backup: ({ target, file, passphrase, version }) =>
      one(async () => {
        const { files, createdAt } = await makeBackup({ configuration, file }, target, { passphrase }, version);
        return { files: files.length, createdAt };
      }),

    beginBackup: ({ file, passphrase, version }) =>
      one(async () => {
        stream = await streamBackup({ configuration, file }, { passphrase }, version);
        return {};
      }),

    async readBackup() {
      if (!stream) throw new Error('No backup is under way');
      return stream.next();
    },

    async endBackup() {
      const ended = stream;
      stream = undefined;
      await ended?.[Symbol.asyncDispose]();
      isBusy = false;
      return undefined;
    },
  };
}
