import { closeSync, constants, existsSync, openSync } from 'node:fs';
import path from 'node:path';

/** The room for a path in the address of a socket, in bytes: sun_path of Linux, and of the BSDs, less its last zero. */
const MAX_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** Where a socket is bound and connected to, while this is not disposed. */
export interface SocketAddress extends Disposable {
  readonly path: string;
}

/**
 * The address of the socket in a file. Where the path is longer than an address may be, it leads over the opened directory,
 * as Linux has it. Undefined where there is no address for it. @throws an error of the system where the directory can't be opened
 */
export function socketAddress(file: string): SocketAddress | undefined {
  if (Buffer.byteLength(file) <= MAX_PATH_BYTES) return { path: file, [Symbol.dispose]() {} };
  if (!existsSync('/proc/self/fd')) return undefined;
  const directory = openSync(path.dirname(file), constants.O_RDONLY | constants.O_DIRECTORY);
  return {
    path: `/proc/self/fd/${directory}/${path.basename(file)}`,
    [Symbol.dispose]: () => closeSync(directory),
  };
}
