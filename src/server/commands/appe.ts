import { quoted } from '../../protocol/index.ts';
import { onFile } from '../command.ts';
import type { TransferDescription } from '../running-transfer.ts';
import { receiveData } from '../transfer.ts';

/** After REST it acts as STOR (RFC 3659 section 5.4). */
export const appe = onFile({
  verb: 'APPE',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'APPE <path>',
  summary: 'Receive bytes from the client and append them to a file',
  opensData: true,
  async run(user, path) {
    const { offset } = user;
    const upload = await user.files.write(path, { at: offset > 0 ? offset : 'end', signal: user.session.signal });
    const description: TransferDescription = {
      verb: 'APPE',
      direction: 'upload',
      path,
      offset,
      text: `Appending to ${quoted(path)}`,
    };
    return receiveData(user, description, upload);
  },
});
