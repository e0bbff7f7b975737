import { noArgument, reply } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

/**
 * Comes before whatever else waits, and ends the running command: that one answers 426, and then this one 226
 * (RFC 959 section 4.1.3). Without a running command it gives up a data port that waits.
 */
export const abor = forUser({
  verb: 'ABOR',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'ABOR',
  summary: 'Abort the running transfer',
  concurrency: 'aborts',
  syntax: noArgument,
  async run(user) {
    await user.prepareData(undefined);
    return reply(226, 'Nothing is being transferred now');
  },
});
