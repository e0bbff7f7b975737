import { allocation, reply } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

export const allo = forUser({
  verb: 'ALLO',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'ALLO <bytes> [R <bytes>]',
  summary: 'Announce the size of the next upload',
  keeps: ['restart'],
  syntax: allocation,
  // Many clients take 202, which RFC 959 allows, for a refusal.
  run: () => reply(200, 'No room needs to be set aside'),
});
