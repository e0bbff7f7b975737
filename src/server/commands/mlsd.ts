import { joinPath } from '../../core/index.ts';
import { encodeListing, optionalText, SyntaxFailure } from '../../protocol/index.ts';
import { forMember } from '../command.ts';
import { factsLine } from '../facts.ts';
import { begun, map } from '../listing.ts';
import { type Subject, sendData } from '../transfer.ts';

export const mlsd = forMember({
  verb: 'MLSD',
  rfc: 'RFC 3659 section 7',
  usage: 'MLSD [<path>]',
  summary: 'List a directory for a program to read',
  opensData: true,
  syntax: optionalText,
  async run(member, argument) {
    const path = member.resolve(argument);
    const { signal } = member.session;
    const { kind } = await member.storage.stat(path, signal);
    // RFC 3659 section 7.2.1: 501 for MLSD on anything but a directory
    if (kind !== 'directory') throw new SyntaxFailure(501, 'MLSD lists directories: use MLST');
    const entries = await begun(member.storage.list(path, signal));
    const subject: Subject = { verb: 'MLSD', direction: 'listing', path, offset: 0, text: 'Here it comes' };
    return sendData(
      member,
      subject,
      encodeListing(map(entries, (entry) => factsLine(member, entry, joinPath(path, entry.name)))),
    );
  },
});
