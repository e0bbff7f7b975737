import type { Gatekeeper } from '../../core/index.ts';
import { loadTransport, SftpHost, type SftpOptions, type SftpSurroundings } from '../../sftp/index.ts';

/** The options of SFTP sessions, as far as they are values. */
export type PlainSftpOptions = Omit<SftpOptions, 'gatekeeper'>;

/** What runs SFTP sessions; undefined where SFTP is not served. @throws MissingSshError */
export async function openSftpHost(
  options: PlainSftpOptions | undefined,
  gatekeeper: Gatekeeper,
  surroundings: SftpSurroundings,
): Promise<SftpHost | undefined> {
  return options && new SftpHost(await loadTransport(), { ...options, gatekeeper }, surroundings);
}
