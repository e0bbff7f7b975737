import type { CallOptions } from '../../core/index.ts';
import { passwordChange } from '../../protocol/index.ts';
import type { ControlConnection } from '../connection/connection.ts';
import { ClientError } from '../errors.ts';

/** @throws ClientError */
export async function changePassword(
  connection: ControlConnection,
  password: string,
  options: CallOptions,
): Promise<void> {
  const { settings } = connection;
  if (settings.security === 'clear') {
    const message = 'A password is changed over TLS alone; nothing was sent';
    throw new ClientError('clear-text-refused', message, { phase: 'prepare' });
  }
  const passwords = passwordChange.format({ from: await settings.password(), to: password });
  await connection.request('SITE', `PSWD ${passwords}`, options);
}
