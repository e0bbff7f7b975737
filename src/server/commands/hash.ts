import { reply } from '../../protocol/index.ts';
import { onFile } from '../command.ts';
import { ALGORITHMS, digestOf } from '../digests.ts';

/** The range in the reply is from the first byte up to, not including, the last number. */
export const hash = onFile({
  verb: 'HASH',
  rfc: 'draft-bryan-ftpext-hash-02',
  usage: 'HASH <path>',
  summary: 'Show the hash of a file, or of the part that RANG selected',
  needs: 'digest',
  features: ({ parameters }) => [`HASH ${ALGORITHMS.map((name) => mark(name, parameters.hashAlgorithm)).join(';')}`],
  async run(user, path) {
    const { range } = user;
    const algorithm = user.parameters.hashAlgorithm;
    const { start, end, hex } = await digestOf(user, path, algorithm, range ?? {});
    return reply(213, `${algorithm} ${start}-${end} ${hex} ${path}`);
  },
});

function mark(name: string, chosen: string): string {
  return name === chosen ? `${name}*` : name;
}
