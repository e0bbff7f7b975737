import {
  formatFirstLine,
  formatInnerLine,
  formatUnixLine,
  listArgument,
  multiline,
  reply,
} from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { replyFor } from '../failures.ts';
import { readEntries, select } from '../listing.ts';
import type { UserSession } from '../user-session.ts';

export const stat = forUser({
  verb: 'STAT',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'STAT [<path>]',
  summary: 'Show the state of the session or of a running transfer, or list a directory over the control connection',
  concurrency: 'answered',
  keeps: ['rename', 'restart', 'range'],
  syntax: listArgument,
  async run(user, request) {
    if (request.path === '') return multiline(211, 'Status:', status(user), 'End of status');
    const { session } = user;
    const now = new Date();
    await using selection = await select(user, request, readEntries);
    await session.channel.send(formatFirstLine(213, 'Status follows'));
    try {
      for await (const entries of selection.entries) {
        for (const entry of entries) await session.channel.send(formatInnerLine(formatUnixLine(entry, now)));
      }
      return reply(213, 'End of status');
    } catch (error) {
      // What has begun with 213 must end with 213 (RFC 959 section 4.2).
      return reply(213, `Not whole: ${replyFor(error).lines[0]}`);
    }
  },
});

function status({ session, workspace, cwd, parameters: { type, mode } }: UserSession): string[] {
  const { tls, peer } = session.channel;
  return [
    `Signed in as ${workspace.account.name} from ${peer.address}`,
    `Control connection: ${tls ? `${tls.version}, ${tls.cipher}` : 'clear'}`,
    `Data connections: ${session.dataProtection}`,
    `Directory: ${cwd}`,
    `Type ${type}, mode ${mode}`,
    session.transfer?.text ?? 'No transfer is running',
  ];
}
