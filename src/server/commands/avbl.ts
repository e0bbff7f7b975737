import { StorageError } from '../../core/index.ts';
import { optionalText, reply } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

export const avbl = forMember({
  verb: 'AVBL',
  rfc: 'draft-peterson-streamlined-ftp-command-extensions-10 section 4',
  usage: 'AVBL [<path>]',
  summary: 'Tell how many bytes may still be stored',
  needs: 'space',
  syntax: optionalText,
  features: () => ['AVBL'],
  async run(member, path) {
    const space = await member.storage.space?.(member.resolve(path));
    if (!space) throw new StorageError('unsupported', 'The storage of this account has no measure of its space');
    return reply(213, String(space.free));
  },
});
