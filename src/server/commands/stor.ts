import { quoted } from '../../protocol/index.ts';
import { onFile } from '../command.ts';
import type { TransferDescription } from '../running-transfer.ts';
import { receiveData } from '../transfer.ts';

/** After REST it overwrites from there on and keeps what lies before (RFC 3659 section 5.3). */
export const stor = onFile({
  verb: 'STOR',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'STOR <path>',
  summary: 'Receive a file from the client',
  opensData: true,
  async run(user, path) {
    const { offset } = user;
    const { signal } = user.session;
    const upload = await user.files.write(path, { ...(offset > 0 && { at: offset }), signal });
    const description: TransferDescription = {
      verb: 'STOR',
      direction: 'upload',
      path,
      offset,
      text: `Taking ${quoted(path)}`,
    };
    return receiveData(user, description, upload);
  },
});
