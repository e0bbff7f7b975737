import { ChannelError } from '../channel-error.ts';

/** What a failed connection means. */
export function connectFailure(cause: unknown, host: string, port: number): ChannelError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return new ChannelError('not-found', `The name ${host} has no address (or no name server answers)`, { cause });
    case 'ECONNREFUSED':
      return new ChannelError('refused', `Nothing listens at ${host} port ${port}`, { cause });
    case 'ETIMEDOUT':
      return new ChannelError('timeout', `${host} port ${port} did not answer in time`, { cause });
    case 'ECONNRESET':
      return new ChannelError('reset', `${host} port ${port} ended the connection at once`, { cause });
    default:
      return new ChannelError('unreachable', `${host} port ${port} cannot be reached: ${messageOf(cause)}`, { cause });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
