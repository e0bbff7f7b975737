import type { CallOptions } from '../../core/index.ts';
import { passwordChange } from '../../protocol/index.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';

/** @throws ClientError */
export function changePassword(pool: Pool, password: string, options: CallOptions): Promise<void> {
  return pool.use(options.signal, async ({ connection }) => {
    const { settings } = connection;
    if (settings.security === 'clear') {
      const message = 'A password is changed over TLS alone; nothing was sent';
      throw new ClientError('clear-text-refused', message, { phase: 'prepare' });
    }
    const passwords = passwordChange.format({ from: await settings.password(), to: password });
    await connection.request('SITE', `PSWD ${passwords}`, options);
  });
}
