import { reply } from '../../protocol/index.ts';
import { onFile } from '../command.ts';

export const dele = onFile({
  verb: 'DELE',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'DELE <path>',
  summary: 'Remove a file',
  async run(user, path) {
    await user.files.remove(path);
    return reply(250, 'File removed');
  },
});
