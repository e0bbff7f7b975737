import { fileStructure, reply } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

export const stru = forMember({
  verb: 'STRU',
  rfc: 'RFC 959 section 3.1.2',
  usage: 'STRU F',
  summary: 'Choose the file structure: F is the only one',
  keeps: ['restart', 'range'],
  syntax: fileStructure,
  run: () => reply(200, 'Structure F'),
});
