import { baseName, parentOf, resolvePath, type VirtualPath } from '../../core/index.ts';
import type { UploadPlace } from '../connection/session.ts';
import { ClientError } from '../errors.ts';
import { targetOf } from './list.ts';
import { factsOf } from './remote-attributes.ts';
import type { SftpRequests } from './sftp-requests.ts';

/** As many as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40;

/**
 * Follows the links at the end of a path. A file that takes its name by a rename would replace the link, and leave what it
 * leads to as it was. @throws ClientError
 */
export async function uploadPlace(
  answers: SftpRequests,
  given: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<UploadPlace> {
  let path = given;
  for (let links = 0; links <= MAX_LINKS; links += 1) {
    const facts = await factsAt(answers, path, signal);
    if (facts?.kind !== 'link') return { path, entry: facts && { name: baseName(path), path, ...facts } };
    const target = await targetOf(answers, path, signal);
    if (target === undefined || target === '') throw refused(`The server does not tell where the link ${path} leads`);
    path = resolvePath(parentOf(path), target);
  }
  throw refused(`${given} leads over more than ${MAX_LINKS} links`);
}

async function factsAt(answers: SftpRequests, path: VirtualPath, signal: AbortSignal | undefined) {
  try {
    return factsOf(await answers.attributes({ kind: 'lstat', path }, { signal }));
  } catch (error) {
    // Nothing is there, or somebody may put files there and not look: the upload itself will tell.
    if (error instanceof ClientError && error.isRefusal) return undefined;
    throw error;
  }
}

function refused(message: string): ClientError {
  return new ClientError('refused', message, { phase: 'prepare' });
}
