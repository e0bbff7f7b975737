import { noArgument, quoted, replyWithPath } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

export const pwd = forUser({
  verb: 'PWD',
  aliases: ['XPWD'],
  rfc: 'RFC 959 section 4.1.3',
  usage: 'PWD',
  summary: 'Show the working directory',
  syntax: noArgument,
  run: ({ cwd }) => replyWithPath(257, `${quoted(cwd)} is the working directory`),
});
