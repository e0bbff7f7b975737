import { fileStructure, reply } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

export const stru = forUser({
  verb: 'STRU',
  rfc: 'RFC 959 section 3.1.2',
  usage: 'STRU F',
  summary: 'Select the file structure; only F exists',
  keeps: ['restart', 'range'],
  syntax: fileStructure,
  run: () => reply(200, 'Structure F'),
});
