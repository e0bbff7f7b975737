import type { Reply } from '../../protocol/index.ts';
import { DataError } from '../../transport/index.ts';
import { ClientError } from '../errors.ts';

/** 425 and 426 say that the data connection failed, which we know better. */
export function explainsMore(reply: Reply | undefined): reply is Reply {
  return reply !== undefined && reply.code >= 400 && reply.code !== 425 && reply.code !== 426;
}

/** The server went away, or is silent, and says nothing of the transfer. */
export function isServerSilent({ code }: ClientError): boolean {
  return code === 'timeout' || code === 'connection-lost';
}

/** We broke it off. */
export function isAbort(error: unknown): boolean {
  return (error instanceof DataError || error instanceof ClientError) && error.code === 'aborted';
}

/** The server broke off sending or taking; what it says tells the reason. */
export function isCausedByServer({ cause, code }: ClientError): boolean {
  return cause instanceof DataError && (code === 'truncated' || code === 'data-connection');
}

/** Nobody answers at the port that the server named, as it finds too, perhaps before we do (425, or 426). */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof ClientError)) return false;
  const { cause, reply } = error;
  return (
    reply?.code === 425 ||
    reply?.code === 426 ||
    (cause instanceof DataError && (cause.code === 'refused' || cause.code === 'timeout'))
  );
}

/** All bytes of an upload are gone, and nobody knows what became of them. */
export function unconfirmed(cause: ClientError): ClientError {
  const message = `All bytes were sent, and whether the server has stored them is unknown: ${cause.message}`;
  const { command, reply } = cause;
  return new ClientError('unconfirmed', message, { phase: 'finish', command, reply, cause, retryable: true });
}

/** How a data connection ends whose session one of the two sides wants resumed. */
export const SESSION_FAILURES: ReadonlySet<string> = new Set(['session-not-reused', 'data-connection', 'truncated']);

export function noFinalReply(command: string): ClientError {
  return new ClientError('timeout', 'The server did not say how the transfer ended (finalReplyMs)', {
    phase: 'finish',
    command,
    retryable: true,
  });
}

/**
 * OpenSSL forgets a session of TLS 1.2 when a connection of it is cut; the server then refuses data connections, or we
 * do, for as long as this control connection lives. Another one has another session.
 */
export function retryableOnNewSession({ code, message, phase, command, reply, cause }: ClientError): ClientError {
  return new ClientError(code, message, { phase, command, reply, cause, retryable: true });
}
