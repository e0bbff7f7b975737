import { reply, transferMode } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

export const mode = forUser({
  verb: 'MODE',
  rfc: 'RFC 959 section 3.4, draft-preston-ftpext-deflate-04',
  usage: 'MODE S|Z',
  summary: 'Select a plain stream (S) or a compressed one (Z, if turned on)',
  keeps: ['restart', 'range'],
  syntax: transferMode,
  features: ({ settings }) => (settings.compression ? ['MODE Z'] : []),
  run(user, mode) {
    const { compression } = user.session.settings;
    if (mode === 'deflate' && !compression) return reply(504, 'MODE Z is turned off here: use MODE S');
    user.parameters.mode = mode;
    return reply(200, mode === 'deflate' ? 'Data is compressed' : 'Data is not compressed');
  },
});
