import { combination, reply } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

/**
 * Puts the parts behind the target, in their order, and removes them once the whole is on the medium: for clients that
 * upload a large file in pieces over several connections.
 */
export const comb = forUser({
  verb: 'COMB',
  rfc: 'no RFC',
  usage: 'COMB <target> <part> [<part> ...]',
  summary: 'Join files into one, and remove the parts',
  syntax: combination,
  features: () => ['COMB'],
  async run(user, request) {
    const { files, session } = user;
    const target = user.resolveFile(request.target);
    const parts = request.parts.map((part) => user.resolveFile(part));
    if (parts.length > session.settings.limits.maxCombineParts) return reply(501, 'Too many parts at once');
    const { changed, unremoved } = await files.combine(target, parts, session);
    const stay = changed.length === 0 ? '' : `; ${changed.length} changed meanwhile and stay`;
    const left = unremoved.length === 0 ? '' : `; ${unremoved.length} could not be removed`;
    return reply(250, `Joined ${parts.length} parts${stay}${left}`);
  },
});
