import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ForeignServerOptions, ServerProcess } from './foreign-server.ts';
import { account, makePlace } from './place.ts';

const source = fileURLToPath(new URL('JsseServer.java', import.meta.url));

/** A small server of ours on Java's own TLS, which every FTPS server in Java has; it speaks one version, TLS 1.3 unless told. */
export async function startJsse(options: ForeignServerOptions = {}): Promise<ServerProcess> {
  // Both come with a JDK.
  const place = await makePlace('/usr/bin/javac', options);
  const classes = dirname(place.root);
  await promisify(execFile)(place.program, ['-d', classes, source]);
  const mode = options.implicit ? 'implicit' : 'explicit';
  const args = [String(place.port), mode, options.tls ?? 'TLSv1.3', place.root, place.certificateFile, place.keyFile];
  return place.start([join(dirname(place.program), 'java'), '-cp', classes, 'JsseServer', ...args], {
    name: 'jsse',
    directory: '/',
    user: account.user,
    password: account.password,
    versionArguments: ['-version'],
  });
}
