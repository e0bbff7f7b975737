import type { Publish } from '../../core/index.ts';
import { ControlServer } from './control-server.ts';

/** Files are served without it, too. */
export async function openControl(file: string, version: string, log: Publish): Promise<ControlServer | undefined> {
  try {
    return await ControlServer.open(file, version);
  } catch (error) {
    const message = 'There is no control socket: lockport status, sessions, kick and ban will not reach this server';
    log({ event: 'warning', message, ...(error instanceof Error && { error }) });
    return undefined;
  }
}
