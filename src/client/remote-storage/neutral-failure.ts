import { StorageError, type StorageErrorCode } from '../../core/index.ts';
import { ClientError } from '../errors.ts';

/**
 * A failure in our own words: what the client says of it names the server and its paths, and may hold the server's own text.
 * That is for the log, as the cause.
 */
export function neutralFailure(error: unknown): StorageError {
  if (error instanceof StorageError) {
    const isOwn = !(error.cause instanceof ClientError || error.cause instanceof StorageError);
    return isOwn ? error : new StorageError(error.code, MESSAGES[error.code], { cause: error });
  }
  return new StorageError('io', MESSAGES.io, { cause: error });
}

const MESSAGES: { readonly [code in StorageErrorCode]: string } = {
  'not-found': 'No such file or directory',
  exists: 'An entry of this name exists',
  denied: 'The server that holds these files does not allow that',
  'not-empty': 'The directory is not empty',
  'is-directory': 'This is a directory',
  'not-directory': 'This is not a directory',
  'invalid-name': 'The server that holds these files can not have this name',
  incomplete: 'An interrupted upload stands here',
  'bad-offset': 'The position lies behind the end of the file',
  'no-space': 'The server that holds these files has no room for this',
  'over-quota': 'The server that holds these files does not give so much room',
  busy: 'The server that holds these files is busy: try again later',
  'cross-device': 'The new name lies in another storage',
  unsupported: 'The server that holds these files can not do that',
  aborted: 'It was broken off',
  io: 'The server that holds these files failed',
};
