import { loadSsh2 } from '../../transport/index.ts';
import { ssh2Transport } from './ssh2/ssh2-transport.ts';
import type { SshTransportFactory } from './transport.ts';

/** Loads what speaks SSH. @throws MissingSshError where its package is not installed */
export async function loadTransport(): Promise<SshTransportFactory> {
  const module = await loadSsh2();
  return (settings) => ssh2Transport(module, settings);
}
