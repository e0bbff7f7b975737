import { onPath } from '../command.ts';
import { makeDirectory } from '../make-directory.ts';

export const mkd = onPath({
  verb: 'MKD',
  aliases: ['XMKD'],
  rfc: 'RFC 959 section 4.1.3',
  usage: 'MKD <path>',
  summary: 'Create a directory',
  run: makeDirectory,
});
