import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePlace } from './place.ts';

/** ClamAV's daemon. */
export interface Clamd extends AsyncDisposable {
  readonly port: number;
}

/** What the one signature of `startClamd` finds. */
export const MALWARE = 'X-lockport-test-malware-X';

/**
 * clamd as an ordinary user, with one signature of our own: nothing is downloaded.
 * @param maxMebibytes largest content that it takes
 * @throws MissingProgram
 */
export async function startClamd({ maxMebibytes = 1 }: { readonly maxMebibytes?: number } = {}): Promise<Clamd> {
  const place = await makePlace('clamd', {});
  const signatures = join(place.root, 'signatures');
  await mkdir(signatures, { mode: 0o755 });
  const hex = Buffer.from(MALWARE).toString('hex');
  await writeFile(join(signatures, 'own.ndb'), `Lockport.Test:0:*:${hex}\n`, { mode: 0o644 });
  const settings = await place.file('clamd.conf', [
    `DatabaseDirectory ${signatures}`,
    'TCPAddr 127.0.0.1',
    `TCPSocket ${place.port}`,
    'Foreground yes',
    `StreamMaxLength ${maxMebibytes}M`,
    `TemporaryDirectory ${place.root}`,
  ]);
  const server = await place.start([...(await place.programOfOwner()), '--config-file', settings], {
    name: 'clamd',
    directory: place.root,
    user: '',
    password: '',
    versionArguments: ['--config-file', settings, '--version'],
  });
  return { port: server.port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
