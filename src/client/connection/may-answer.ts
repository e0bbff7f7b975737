import type { Reply } from '../../protocol/index.ts';

/**
 * Whether a reply can be that to the command. Where answers come together, one too many would be taken for the answer to
 * the next command, and each answer for that to the one after.
 */
export function mayAnswer(verb: string, { code }: Reply): boolean {
  return code >= 400 || (SUCCESS_CODES[verb]?.includes(code) ?? true);
}

const TRANSFER = [226, 250];

const SUCCESS_CODES: { readonly [verb: string]: readonly number[] } = {
  APPE: TRANSFER,
  BNDL: TRANSFER,
  CWD: [250],
  EPSV: [229],
  FEAT: [211],
  LIST: TRANSFER,
  MDTM: [213],
  MLSD: TRANSFER,
  MLST: [250],
  NLST: TRANSFER,
  PWD: [257],
  RETR: TRANSFER,
  RNFR: [350],
  SIZE: [213],
  STOR: TRANSFER,
};
