import type { ControlConnection } from './connection.ts';

/** TYPE, where the connection is not in it already (RFC 959 section 3.1.1). */
export async function setType(
  connection: ControlConnection,
  type: 'I' | 'A',
  signal: AbortSignal | undefined,
): Promise<void> {
  if (connection.type === type) return;
  // Whoever leaves before the answer does not know.
  connection.type = undefined;
  await connection.request('TYPE', type, { signal });
  connection.type = type;
}
