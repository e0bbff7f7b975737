import type { Reply } from '../../protocol/index.ts';

/**
 * Whether a reply can be that to the command. Where answers come together, one too many would be taken for the answer to
 * the next command, and each answer for that to the one after.
 */
export function mayAnswer(verb: string, { code }: Reply): boolean {
  return code >= 400 || code === (SUCCESS_CODES[verb] ?? code);
}

const SUCCESS_CODES: { readonly [verb: string]: number } = {
  CWD: 250,
  EPSV: 229,
  FEAT: 211,
  MDTM: 213,
  PWD: 257,
  SIZE: 213,
};
