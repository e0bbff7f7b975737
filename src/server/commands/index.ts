import type { CommandDefinition, CommandTable } from '../command.ts';
import { abor } from './abor.ts';
import { acct } from './acct.ts';
import { allo } from './allo.ts';
import { appe } from './appe.ts';
import { auth } from './auth.ts';
import { avbl } from './avbl.ts';
import { bndl } from './bndl.ts';
import { cdup } from './cdup.ts';
import { checksums } from './checksums.ts';
import { clnt } from './clnt.ts';
import { comb } from './comb.ts';
import { csid } from './csid.ts';
import { cwd } from './cwd.ts';
import { dele } from './dele.ts';
import { eprt } from './eprt.ts';
import { epsv } from './epsv.ts';
import { feat } from './feat.ts';
import { hash } from './hash.ts';
import { help } from './help.ts';
import { host } from './host.ts';
import { lang } from './lang.ts';
import { list } from './list.ts';
import { mdtm } from './mdtm.ts';
import { mfct } from './mfct.ts';
import { mff } from './mff.ts';
import { mfmt } from './mfmt.ts';
import { mkd } from './mkd.ts';
import { mlsd } from './mlsd.ts';
import { mlst } from './mlst.ts';
import { mode } from './mode.ts';
import { nlst } from './nlst.ts';
import { noop } from './noop.ts';
import { opts } from './opts.ts';
import { pass } from './pass.ts';
import { pasv } from './pasv.ts';
import { pbsz } from './pbsz.ts';
import { port } from './port.ts';
import { prot } from './prot.ts';
import { pwd } from './pwd.ts';
import { quit } from './quit.ts';
import { rang } from './rang.ts';
import { refused } from './refused.ts';
import { rein } from './rein.ts';
import { rest } from './rest.ts';
import { retr } from './retr.ts';
import { rmd } from './rmd.ts';
import { rnfr } from './rnfr.ts';
import { rnto } from './rnto.ts';
import { site } from './site.ts';
import { sitePswd } from './site-pswd.ts';
import { size } from './size.ts';
import { stat } from './stat.ts';
import { stor } from './stor.ts';
import { stou } from './stou.ts';
import { stru } from './stru.ts';
import { syst } from './syst.ts';
import { type } from './type.ts';
import { user } from './user.ts';

/** Every command, in the order in which the protocol page shows them. */
export const COMMAND_ROWS: readonly CommandDefinition[] = [
  // signing in and out
  user,
  pass,
  acct,
  quit,
  rein,
  host,
  // protection
  auth,
  pbsz,
  prot,
  // the session
  feat,
  opts,
  help,
  stat,
  noop,
  syst,
  clnt,
  csid,
  lang,
  // the tree
  pwd,
  cwd,
  cdup,
  mkd,
  rmd,
  dele,
  rnfr,
  rnto,
  site,
  sitePswd,
  // facts of an entry
  size,
  mdtm,
  mlst,
  mfmt,
  mfct,
  mff,
  hash,
  ...checksums,
  avbl,
  // how data travels
  type,
  stru,
  mode,
  allo,
  rest,
  rang,
  pasv,
  epsv,
  port,
  eprt,
  // transfers
  list,
  nlst,
  mlsd,
  retr,
  stor,
  appe,
  stou,
  bndl,
  comb,
  abor,
  ...refused,
];

/** Every verb and alias. What is a command of SITE is none of them. */
export const COMMANDS: CommandTable = new Map(
  COMMAND_ROWS.filter((command) => command !== sitePswd).flatMap((command) =>
    [command.verb, ...(command.aliases ?? [])].map((verb) => [verb, command] as const),
  ),
);

/** The command of a line, and its argument: that of SITE PSWD is what stands behind the word. */
export function commandOf(
  verb: string,
  argument: string,
): { readonly command: CommandDefinition; readonly argument: string } | undefined {
  const found = verb === 'SITE' ? /^PSWD(?: (.*))?$/is.exec(argument) : null;
  if (found) return { command: sitePswd, argument: found[1] ?? '' };
  const command = COMMANDS.get(verb);
  return command && { command, argument };
}
