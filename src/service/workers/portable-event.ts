import type { ServerEvent } from '../../core/index.ts';

/** An event in the form in which it travels between processes. Only the plain parts of an error can travel. */
export interface PortableEvent {
  readonly event: ServerEvent;
  readonly error?: PortableError;
}

interface PortableError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
}

export function portable(event: ServerEvent): PortableEvent {
  if (!('error' in event)) return { event };
  const { error, ...rest } = event;
  return { event: rest as ServerEvent, error: plainOf(error) };
}

export function fromPortable({ event, error }: PortableEvent): ServerEvent {
  if (!error) return event;
  return { ...event, error: Object.assign(new Error(error.message), error) } as ServerEvent;
}

function plainOf(error: unknown): PortableError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { name, message, ...(stack !== undefined && { stack }), ...(code !== undefined && { code }) };
}
