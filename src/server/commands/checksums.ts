import type { DigestAlgorithm } from '../../core/index.ts';
import { checksumRequest, quoted, reply } from '../../protocol/index.ts';
import { type CommandDefinition, forUser } from '../command.ts';
import { digestOf } from '../digests.ts';

/** The older forms of HASH, one verb an algorithm, which many clients still look for. No RFC describes them. */
export const checksums: readonly CommandDefinition[] = [
  checksum('XCRC', 'CRC32'),
  checksum('XMD5', 'MD5'),
  checksum('XSHA1', 'SHA-1', ['XSHA']),
  checksum('XSHA256', 'SHA-256'),
  checksum('XSHA512', 'SHA-512'),
  forUser({
    verb: 'MD5',
    rfc: 'draft-twine-ftpmd5-00',
    usage: 'MD5 <path>',
    summary: 'Show the MD5 of a file',
    needs: 'digest',
    syntax: checksumRequest,
    features: () => ['MD5'],
    async run(user, { path }) {
      const { hex } = await digestOf(user, user.resolveFile(path), 'MD5', {});
      return reply(251, `${quoted(path)} ${hex.toUpperCase()}`);
    },
  }),
];

function checksum(verb: string, algorithm: DigestAlgorithm, aliases: readonly string[] = []): CommandDefinition {
  return forUser({
    verb,
    aliases,
    rfc: 'no RFC',
    usage: `${verb} <path>, or ${verb} "<path>" <start> <end>`,
    summary: `Show the ${algorithm} of a file or a part of it (the end is not included)`,
    needs: 'digest',
    syntax: checksumRequest,
    features: () => [verb],
    async run(user, { path, range }) {
      const { hex } = await digestOf(user, user.resolveFile(path), algorithm, range);
      return reply(250, hex.toUpperCase());
    },
  });
}
