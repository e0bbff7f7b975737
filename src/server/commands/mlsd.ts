import { joinPath } from '../../core/index.ts';
import { optionalText, SyntaxFailure } from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { factsLine } from '../facts.ts';
import { map, readEntries, selectDirectory } from '../listing.ts';
import { sendListing } from '../transfer.ts';

export const mlsd = forUser({
  verb: 'MLSD',
  rfc: 'RFC 3659 section 7',
  usage: 'MLSD [<path>]',
  summary: 'List a directory in a machine-readable format',
  opensData: true,
  syntax: optionalText,
  async run(user, argument) {
    const path = user.resolve(argument);
    const { kind } = await user.files.stat(path, user.session);
    // RFC 3659 section 7.2.1: 501 for MLSD on anything but a directory
    if (kind !== 'directory') throw new SyntaxFailure(501, 'MLSD lists directories: use MLST');
    await using selection = await selectDirectory(user, path, readEntries);
    const lines = map(selection.entries, (entry) => factsLine(user, entry, joinPath(path, entry.name)));
    return await sendListing(user, 'MLSD', path, lines);
  },
});
