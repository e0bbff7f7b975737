import { ask } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';

/**
 * Whether the server shows an upload when it is whole and not before, and keeps an interrupted one for resuming. That is
 * known of our own server alone, which says its name (draft-peterson-streamlined-ftp-command-extensions-10 section 3).
 */
export async function publishesWhole(pool: Pool): Promise<boolean> {
  const { quirks } = pool.settings;
  quirks.publishesWhole ??= await ask(pool, undefined, async ({ connection, features }) => {
    if (!features.has('CSID')) return false;
    const accept = (code: number): boolean => code >= 500;
    const { code, lines } = await connection.request('CSID', 'Name=Lockport;', { accept });
    return code === 200 && lines.some((line) => line.includes('Name=Lockport;'));
  });
  return quirks.publishesWhole;
}
