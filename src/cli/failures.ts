import { StorageError } from '../core/index.ts';
import { DatabaseError } from '../database/index.ts';
import { CertificateError, ConfigurationError, StartError } from '../service/index.ts';
import { TlsSettingsError } from '../transport/index.ts';
import { UsageError } from './usage-error.ts';

/** What is said of a failure, and the exit code. What an operator can cause is one message without a stack trace. */
export function describeFailure(error: unknown): { readonly message: string; readonly exitCode: 1 | 2 } {
  if (error instanceof ConfigurationError) return { message: `Wrong configuration\n${error.message}`, exitCode: 2 };
  if (BY_INPUT.some((kind) => error instanceof kind)) return { message: messageOf(error), exitCode: 2 };
  if (BY_CIRCUMSTANCE.some((kind) => error instanceof kind)) return { message: messageOf(error), exitCode: 1 };
  const detail = error instanceof Error ? error.stack : String(error);
  return { message: `This should not have happened; please report it\n${detail}`, exitCode: 1 };
}

const BY_INPUT = [UsageError, CertificateError, TlsSettingsError] as const;
const BY_CIRCUMSTANCE = [StartError, DatabaseError, StorageError] as const;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
