import { ControlConnection } from '../connection/connection.ts';
import { ClientError } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import type { Check } from './examined-server.ts';

/** Which versions of TLS the server takes, each tried alone, without signing in. Older ones than these are not tried. */
export const versions: Check = async function* ({ pool: { settings }, signal }) {
  if (settings.security === 'clear') return;
  const accepted: string[] = [];
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    if (await takes(settings, version, signal)) accepted.push(version);
  }
  const facts = { accepted };
  if (accepted.includes('TLSv1.3')) {
    const message = `Accepted: ${accepted.join(' and ')}`;
    yield { check: 'tls-versions', verdict: 'good', message, facts };
    return;
  }
  yield {
    check: 'tls-versions',
    verdict: 'note',
    message: 'TLSv1.3 is not accepted',
    advice: 'TLSv1.2 is safe still; turn TLSv1.3 on, or update the server',
    facts,
  };
};

async function takes(
  settings: ClientSettings,
  version: 'TLSv1.2' | 'TLSv1.3',
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const tls = { ...settings.tls, minVersion: version, maxVersion: version };
  const connection = await ControlConnection.open(0, { ...settings, tls }, signal);
  try {
    if (settings.security === 'implicit') await connection.secure(signal);
    await connection.finalReply({ signal, phase: 'connect' });
    if (settings.security === 'explicit') {
      await connection.request('AUTH', 'TLS', { signal, phase: 'tls' });
      await connection.secure(signal);
    }
    await connection.close();
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'tls-failed') return false;
    throw error;
  } finally {
    connection.destroy();
  }
}
