import { ClientError } from '../client/index.ts';
import { AccountStoreError, AdministratorError, StorageError } from '../core/index.ts';
import { TlsSettingsError } from '../transport/index.ts';
import { CLIENT_EXITS, CONTROL_EXITS, type ExitName } from './exit-codes.ts';
import { LocalError } from './local-error.ts';
import { UsageError } from './usage-error.ts';

interface Failure {
  readonly message: string;
  readonly exit: ExitName;
}

/** What is said of a failure, and the exit code. What a user can cause is one message without a stack trace. */
export async function describeFailure(error: unknown): Promise<Failure> {
  if (!(error instanceof Error)) return { message: String(error), exit: 'failed' };
  if (error instanceof ClientError) return { message: error.message, exit: CLIENT_EXITS[error.code] };
  // The server as a storage says what became of it in the words of storages.
  if (error instanceof StorageError && error.cause instanceof ClientError) return describeFailure(error.cause);
  if (error instanceof StorageError && error.code === 'not-found') return { message: error.message, exit: 'missing' };
  const exit = exitIn(KINDS, error) ?? (await controlExit(error)) ?? exitIn(await serverKinds(), error);
  if (exit) return { message: error.message, exit };
  const message = `This should not have happened; please report it\n${error.stack ?? error.message}`;
  return { message, exit: 'failed' };
}

type Kinds = readonly (readonly [new (...given: never[]) => Error, ExitName])[];

function exitIn(kinds: Kinds, error: Error): ExitName | undefined {
  return kinds.find(([kind]) => error instanceof kind)?.[1];
}

const KINDS: Kinds = [
  [UsageError, 'usage'],
  [TlsSettingsError, 'usage'],
  [AccountStoreError, 'failed'],
  [AdministratorError, 'failed'],
  [StorageError, 'failed'],
  [LocalError, 'local'],
];

async function controlExit(error: Error): Promise<ExitName | undefined> {
  const { ControlError } = await import('../service/index.ts');
  return error instanceof ControlError ? CONTROL_EXITS[error.code] : undefined;
}

/** A verb of the client has not loaded the service, and does not fail by it. */
async function serverKinds(): Promise<Kinds> {
  const {
    AuditError,
    BackupError,
    CertificateError,
    ConfigurationError,
    DatabaseError,
    ExplainError,
    ImportError,
    StartError,
  } = await import('../service/index.ts');
  return [
    [ConfigurationError, 'usage'],
    [ImportError, 'usage'],
    [ExplainError, 'usage'],
    [CertificateError, 'usage'],
    [AuditError, 'failed'],
    [BackupError, 'failed'],
    [StartError, 'failed'],
    [DatabaseError, 'failed'],
  ];
}
