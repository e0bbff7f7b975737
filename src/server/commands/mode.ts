import { reply, transferMode } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

export const mode = forMember({
  verb: 'MODE',
  rfc: 'RFC 959 section 3.4, draft-preston-ftpext-deflate-04',
  usage: 'MODE S|Z',
  summary: 'Select a plain stream (S) or a compressed one (Z, if turned on)',
  keeps: ['restart', 'range'],
  syntax: transferMode,
  features: ({ settings }) => (settings.compression ? ['MODE Z'] : []),
  run(member, mode) {
    const { compression } = member.session.settings;
    if (mode === 'deflate' && !compression) return reply(504, 'MODE Z is turned off here: use MODE S');
    member.parameters.mode = mode;
    return reply(200, mode === 'deflate' ? 'Data is compressed' : 'Data is not compressed');
  },
});
