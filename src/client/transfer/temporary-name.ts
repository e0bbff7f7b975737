import { randomBytes } from 'node:crypto';
import { baseName, joinPath, parentOf, type VirtualPath } from '../../core/index.ts';

/**
 * A name beside the wanted one, which nobody can guess, for a remote file that is not whole yet or has lost its name.
 * It begins as the wanted name does: drop boxes and other servers refuse or hide names that begin with a dot.
 */
export function temporaryPath(path: VirtualPath): VirtualPath {
  const begin = Array.from(baseName(path)).slice(0, keptCharacters).join('');
  return joinPath(parentOf(path), `${begin}${MARK}${unguessable()}.tmp`);
}

/** A name for a local file that is not whole yet. It is hidden, and a Lockport server on the same files serves none such. */
export function hiddenPartName(): string {
  return `${MARK}${unguessable()}.part`;
}

/** The names of a download that can be gone on with, and of what tells which file it is of. */
export function partNames(name: string): { readonly part: string; readonly about: string } {
  return { part: `${name}${MARK}part`, about: `${name}${MARK}part.json` };
}

/** Whether it is the name of an upload to a server that is under way or was left behind. */
export function isUploadName(name: string): boolean {
  return UPLOAD.test(name);
}

/** Whether it is one of the names that are made here: of a file that is not whole, on either side. */
export function isTemporaryName(name: string): boolean {
  return UPLOAD.test(name) || DOWNLOAD.test(name);
}

const MARK = '.lockport-';
const UPLOAD = /\.lockport-[\w-]{12}\.tmp$/;
const DOWNLOAD = /^\.lockport-[\w-]{12}\.part$|.\.lockport-part(?:\.json)?$/;

/** Of a name, so that what is added to it does not make it too long. */
const keptCharacters = 50;

/** Twelve characters. */
function unguessable(): string {
  return randomBytes(9).toString('base64url');
}
