import { randomBytes } from 'node:crypto';
import { joinPath, parentOf, type VirtualPath } from '../../core/index.ts';

/** A name beside the wanted one, for a file that is not whole yet. */
export function temporaryPath(path: VirtualPath): VirtualPath {
  return joinPath(parentOf(path), `${PREFIX}${randomBytes(8).toString('hex')}`);
}

export function isTemporaryName(name: string): boolean {
  return name.startsWith(PREFIX);
}

const PREFIX = '.lockport-upload-';
