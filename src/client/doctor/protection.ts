import type { Check } from './examined-server.ts';

/** Whether the server lets a client send its data in clear although the commands travel in TLS (RFC 4217 section 9). */
export const protection: Check = async function* ({ pool, signal }) {
  if (pool.settings.dataProtection === 'clear') {
    yield { check: 'protection', verdict: 'bad', message: 'Data travel in clear, as you asked' };
    return;
  }
  yield await pool.use(signal, async ({ connection }) => {
    const reply = await connection.request('PROT', 'C', { signal, accept: () => true });
    if (reply.code >= 400)
      return { check: 'protection', verdict: 'good', message: 'Data must travel in TLS (PROT C is refused)' };
    await connection.request('PROT', 'P', { signal });
    return {
      check: 'protection',
      verdict: 'note',
      message: 'A client may have its data in clear (PROT C is accepted)',
      advice: 'Have the server require TLS on data connections, if all your clients can do it',
    };
  });
};
