/** An audit trail that can't be read, or not as asked for. The message names what is wrong, for operators. */
export class AuditError extends Error {
  override readonly name = 'AuditError';
  readonly code = 'audit';

  static none(directory: string): AuditError {
    return new AuditError(`There is no audit trail in ${directory}: a server writes one, unless audit.enabled is off`);
  }

  static from(cause: unknown): unknown {
    if (cause instanceof AuditError || !(cause instanceof Error) || !('syscall' in cause)) return cause;
    return new AuditError(`The audit trail can't be read: ${cause.message}`, { cause });
  }
}
