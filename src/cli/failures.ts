import { ClientError } from '../client/index.ts';
import { AccountStoreError, StorageError } from '../core/index.ts';
import { CertificateError, ConfigurationError, DatabaseError, StartError } from '../service/index.ts';
import { TlsSettingsError } from '../transport/index.ts';
import { CLIENT_EXITS, type ExitName } from './exit-codes.ts';
import { LocalError } from './local-error.ts';
import { UsageError } from './usage-error.ts';

/** What is said of a failure, and the exit code. What a user can cause is one message without a stack trace. */
export function describeFailure(error: unknown): { readonly message: string; readonly exit: ExitName } {
  if (!(error instanceof Error)) return { message: String(error), exit: 'failed' };
  if (error instanceof ClientError) return { message: error.message, exit: CLIENT_EXITS[error.code] };
  // The server as a storage says what became of it in the words of storages.
  if (error instanceof StorageError && error.cause instanceof ClientError) return describeFailure(error.cause);
  if (error instanceof StorageError && error.code === 'not-found') return { message: error.message, exit: 'missing' };
  const known = KINDS.find(([kind]) => error instanceof kind);
  if (known) return { message: error.message, exit: known[1] };
  const message = `This should not have happened; please report it\n${error.stack ?? error.message}`;
  return { message, exit: 'failed' };
}

const KINDS = [
  [ConfigurationError, 'usage'],
  [UsageError, 'usage'],
  [CertificateError, 'usage'],
  [TlsSettingsError, 'usage'],
  [StartError, 'failed'],
  [DatabaseError, 'failed'],
  [AccountStoreError, 'failed'],
  [StorageError, 'failed'],
  [LocalError, 'local'],
] as const;
