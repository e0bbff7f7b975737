import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ForeignServerOptions, ServerProcess } from '../../test/interop/servers/foreign-server.ts';
import { account, makePlace, owner } from '../../test/interop/servers/place.ts';

const program = fileURLToPath(new URL('ftp-srv-program.ts', import.meta.url));

/** ftp-srv, on the Node that this runs on. */
export async function startFtpSrv(options: ForeignServerOptions): Promise<ServerProcess> {
  // Of the bench's own dependencies, which `npm ci` of the clone does not install.
  const manifest = createRequire(import.meta.url).resolve('ftp-srv/package.json');
  const place = await makePlace(process.execPath, options);
  const { user, password } = account;
  const { first, last } = place.passivePorts;
  const { uid, gid } = owner;
  const { port, root, certificateFile, keyFile } = place;
  const args = [port, first, last, root, certificateFile, keyFile, user, password, uid, gid];
  return place.start([place.program, program, ...args.map(String)], {
    name: 'ftp-srv',
    directory: '/',
    user,
    password,
    versionArguments: ['-p', `require(${JSON.stringify(manifest)}).version`],
    // Else it logs every command.
    environment: { LOG_LEVEL: 'error', NODE_ENV: 'production' },
  });
}
