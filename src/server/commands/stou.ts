import { randomBytes } from 'node:crypto';
import { joinPath } from '../../core/index.ts';
import { optionalText } from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { receiveData } from '../transfer.ts';

/** Names the file in the 150 reply (RFC 1123 section 4.1.2.9). A name that is given is the beginning of the new one, or its directory where it ends in a slash. */
export const stou = forUser({
  verb: 'STOU',
  rfc: 'RFC 959 section 4.1.3, RFC 1123 section 4.1.2.9',
  usage: 'STOU [<name>]',
  summary: 'Receive a file from the client under a name that the server chooses',
  opensData: true,
  syntax: optionalText,
  async run(user, wish) {
    const given = wish === '' || wish.endsWith('/') ? `${wish}file` : wish;
    const name = `${given}.${randomBytes(8).toString('hex')}`;
    const path = given.includes('/') ? user.resolve(name) : joinPath(user.cwd, name);
    const upload = await user.files.write(path, { exclusive: true, signal: user.session.signal });
    const text = `FILE: ${given.includes('/') ? path : name}`;
    return receiveData(user, { verb: 'STOU', direction: 'upload', path, offset: 0, text }, upload);
  },
});
