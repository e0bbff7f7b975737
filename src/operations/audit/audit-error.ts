/** An audit trail that can't be read, or not as asked for. The message names what is wrong, for operators. */
export class AuditError extends Error {
  override readonly name = 'AuditError';
  readonly code = 'audit';

  static none(directory: string): AuditError {
    return new AuditError(`There is no audit trail in ${directory}: a server writes one, unless audit.enabled is off`);
  }

  static from(cause: unknown): unknown {
    if (cause instanceof AuditError || !(cause instanceof Error) || !('syscall' in cause)) return cause;
    return new AuditError(messageOf(cause), { cause });
  }
}

function messageOf(error: Error & { readonly code?: unknown; readonly path?: unknown }): string {
  if (typeof error.path === 'string') {
    if (error.code === 'ENOENT') return `There is no ${error.path}`;
    if (error.code === 'EACCES') return `${error.path} is closed to this user: run this as its owner, or as root`;
  }
  return `The audit trail can't be read: ${error.message}`;
}
