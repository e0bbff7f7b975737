import { StorageError } from '../core/index.ts';
import { DatabaseError } from '../database/index.ts';
import { CertificateError, ConfigurationError, StartError } from '../service/index.ts';
import { TlsSettingsError } from '../transport/index.ts';
import { UsageError } from './usage-error.ts';

/** What is said of a failure, and the exit code. What an operator can cause is one message without a stack trace. */
export function describeFailure(error: unknown): { readonly message: string; readonly exitCode: 1 | 2 } {
  if (!(error instanceof Error)) return { message: String(error), exitCode: 1 };
  if (BY_INPUT.some((kind) => error instanceof kind)) return { message: error.message, exitCode: 2 };
  if (BY_CIRCUMSTANCE.some((kind) => error instanceof kind)) return { message: error.message, exitCode: 1 };
  return { message: `This should not have happened; please report it\n${error.stack ?? error.message}`, exitCode: 1 };
}

const BY_INPUT = [ConfigurationError, UsageError, CertificateError, TlsSettingsError] as const;
const BY_CIRCUMSTANCE = [StartError, DatabaseError, StorageError] as const;
