import { entryOfSource, isLendingSource } from '../../core/index.ts';
import { quoted } from '../../protocol/index.ts';
import { onFile } from '../command.ts';
import type { TransferDescription } from '../running-transfer.ts';
import { sendData } from '../transfer.ts';

export const retr = onFile({
  verb: 'RETR',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'RETR <path>',
  summary: 'Send a file to the client',
  opensData: true,
  async run(user, path) {
    const range = user.range ?? { start: user.offset };
    const source = await user.files.read(path, { ...range, signal: user.session.signal });
    const text = `Sending ${quoted(path)}`;
    const description: TransferDescription = {
      verb: 'RETR',
      direction: 'download',
      path,
      offset: range.start,
      totalBytes: isLendingSource(source) ? source.totalBytes : undefined,
      entry: entryOfSource(source),
      end: user.range?.end,
      text,
    };
    try {
      return await sendData(user, description, source);
    } finally {
      // Where no data connection came, nobody has read it.
      source.destroy();
    }
  },
});
