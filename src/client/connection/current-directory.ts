import { currentDirectoryReadings, type Reply } from '../../protocol/index.ts';
import { ClientError } from '../errors.ts';
import type { ControlConnection } from './connection.ts';
import { textOf } from './reply-error.ts';

/**
 * The directory that the answer to PWD names; undefined where it names none. An answer that can be read in two ways is
 * never guessed at, since files are removed in what it means: it is that path from which the server gives it again.
 * @throws ClientError `protocol` where no reading is
 */
export async function currentDirectory(
  connection: ControlConnection,
  answer: Reply,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const readings = currentDirectoryReadings(answer);
  if (readings.length < 2) return readings[0];
  for (const path of readings) {
    const entered = await connection.request('CWD', path, { signal, phase: 'login', accept: () => true });
    if (entered.code >= 300) continue;
    const again = await connection.request('PWD', '', { signal, phase: 'login', accept: () => true });
    if (again.code === answer.code && again.lines.join('\n') === answer.lines.join('\n')) return path;
  }
  const message = `The server's answer to PWD can be read in two ways, and leads back by neither: ${textOf(answer)}`;
  throw new ClientError('protocol', message, { phase: 'login', command: 'PWD', reply: answer });
}
