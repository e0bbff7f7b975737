import { optionalText, reply } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

export const avbl = forMember({
  verb: 'AVBL',
  rfc: 'draft-peterson-streamlined-ftp-command-extensions-10 section 4',
  usage: 'AVBL [<path>]',
  summary: 'Show how many bytes can still be stored',
  needs: 'space',
  syntax: optionalText,
  features: () => ['AVBL'],
  async run(member, path) {
    const space = await member.files.space(member.resolve(path), member.session);
    return reply(213, String(space.free));
  },
});
