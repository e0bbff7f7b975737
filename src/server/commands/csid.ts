import { reply, text } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

/** The server's own answer names the product and no version, which would only help an attacker to choose. */
export const csid = anyone({
  verb: 'CSID',
  rfc: 'draft-peterson-streamlined-ftp-command-extensions-10 section 3',
  usage: 'CSID Name=<name>; Version=<version>;',
  summary: 'Exchange the names of client and server',
  syntax: text,
  features: () => ['CSID'],
  run: () => reply(200, 'Name=Lockport;'),
});
