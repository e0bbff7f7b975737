import { quoted, reply } from '../../protocol/index.ts';
import { onPath } from '../command.ts';

export const mkd = onPath({
  verb: 'MKD',
  aliases: ['XMKD'],
  rfc: 'RFC 959 section 4.1.3',
  usage: 'MKD <path>',
  summary: 'Make a directory',
  async run(member, path) {
    await member.storage.makeDirectory(path);
    member.session.publish({ event: 'file.changed', change: 'directory-made', path });
    return reply(257, `${quoted(path)} made`);
  },
});
