import { optionalText, reply } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

export const avbl = forUser({
  verb: 'AVBL',
  rfc: 'draft-peterson-streamlined-ftp-command-extensions-10 section 4',
  usage: 'AVBL [<path>]',
  summary: 'Show how many bytes can still be stored',
  needs: 'space',
  syntax: optionalText,
  features: () => ['AVBL'],
  async run(user, path) {
    const space = await user.files.space(user.resolve(path), user.session);
    return reply(213, String(space.free));
  },
});
