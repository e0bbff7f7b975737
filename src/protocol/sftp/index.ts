/** The language of SFTP version 3, pure and both ways. */

export type { SftpAttributes } from './attributes.ts';
export { ByteReader, MalformedPacket } from './byte-reader.ts';
export { ByteWriter } from './byte-writer.ts';
export { ANNOUNCED } from './extensions.ts';
export { openFlags, readOpenFlags } from './open-flags.ts';
export { PacketSplitter } from './packet-splitter.ts';
export { parseReply, parseVersion, type SftpReply } from './parse-reply.ts';
export {
  DATA_HEAD_BYTES,
  dataReply,
  type NamedEntry,
  roomForData,
  STATUS,
  type StatusName,
  sftpReply,
} from './replies.ts';
export {
  formatInit,
  formatRequest,
  type KnownRequest,
  parseInit,
  parseRequest,
  type SftpRequest,
  type SftpRequestKind,
} from './requests.ts';
