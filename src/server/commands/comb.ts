import { pipeline } from 'node:stream/promises';
import { StorageError } from '../../core/index.ts';
import { combination, reply } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

/**
 * Puts the parts behind the target, in their order, and removes them once the whole is on the medium: for clients that
 * upload a large file in pieces over several connections.
 */
export const comb = forMember({
  verb: 'COMB',
  rfc: 'no RFC',
  usage: 'COMB <target> <part> [<part> ...]',
  summary: 'Join files into one, and remove the parts',
  syntax: combination,
  features: () => ['COMB'],
  async run(member, request) {
    const { storage, session, workspace } = member;
    const { signal } = session;
    const target = member.resolve(request.target);
    const parts = request.parts.map((part) => member.resolve(part));
    if (parts.length > session.settings.limits.maxCombineParts) return reply(501, 'Too many parts at once');
    if (new Set([target, ...parts]).size <= parts.length)
      return reply(553, 'A part may be given once, and not as the target');
    if (!parts.every((part) => workspace.policy.allows('delete', part))) {
      throw new StorageError('denied', 'The parts could not be removed: no right to delete');
    }
    const upload = await storage.write(target, { at: 'end', signal });
    try {
      for (const part of parts) {
        signal.throwIfAborted();
        await pipeline(await storage.read(part, { signal }), upload.sink, { end: false, signal });
      }
      await upload.commit();
    } catch (error) {
      await upload.discard();
      throw error;
    }
    for (const part of parts) await storage.remove(part);
    session.publish({ event: 'file.changed', change: 'combined', path: target });
    return reply(250, `Joined ${parts.length} parts`);
  },
});
