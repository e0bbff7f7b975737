import { listArgument } from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { map, readNames, select } from '../listing.ts';
import { sendListing } from '../transfer.ts';

export const nlst = forUser({
  verb: 'NLST',
  rfc: 'RFC 959 section 4.1.3, RFC 1123 section 4.1.2.7',
  usage: 'NLST [<path>]',
  summary: 'List the names in a directory, each usable as an argument',
  opensData: true,
  syntax: listArgument,
  async run(user, request) {
    await using selection = await select(user, request, readNames);
    const { entries, path, prefix, suffix } = selection;
    return await sendListing(
      user,
      'NLST',
      path,
      map(entries, ({ name }) => `${prefix}${name}${suffix}`),
    );
  },
});
