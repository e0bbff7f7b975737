import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ForeignServerOptions, ServerProcess } from '../../test/interop/servers/foreign-server.ts';
import { account, makePlace, owner } from '../../test/interop/servers/place.ts';

const program = fileURLToPath(new URL('pyftpdlib-program.py', import.meta.url));

/** pyftpdlib, by the Python that it was packaged for. */
export async function startPyftpdlib(options: ForeignServerOptions): Promise<ServerProcess> {
  const place = await makePlace('/usr/bin/python3', options);
  const pem = await place.file('both.pem', [
    await readFile(place.certificateFile, 'utf8'),
    await readFile(place.keyFile, 'utf8'),
  ]);
  const { user, password } = account;
  const { first, last } = place.passivePorts;
  const { uid, gid } = owner;
  const args = [place.port, first, last, place.root, pem, user, password, uid, gid, options.sessions ?? 0];
  return place.start([place.program, '-W', 'ignore', program, ...args.map(String)], {
    name: 'pyftpdlib',
    directory: '/',
    user,
    password,
    versionArguments: ['-c', 'import pyftpdlib; print(pyftpdlib.__ver__)'],
    environment: { PYTHONPATH: place.tool('usr/lib/python3/dist-packages') },
  });
}
