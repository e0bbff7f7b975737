/** The FTP language: what is said on the control connection and in listings, both ways. No sockets, no I/O. */
export { fromNetworkAscii, toNetworkAscii } from './ascii.ts';
export { BoundedQueue } from './bundle/bounded-queue.ts';
export { FrameQueue } from './bundle/frame-queue.ts';
export { FrameStream } from './bundle/frame-stream.ts';
export { BundleFailure, dataFrames, encodeFrame, type Frame, FrameReader, MAX_DATA_BYTES } from './bundle/frames.ts';
export {
  formatItemEnd,
  formatItemResult,
  type ItemEnd,
  type ItemHead,
  type ItemResult,
  itemHead,
  parseCount,
  parseItemEnd,
  parseItemResult,
} from './bundle/items.ts';
export { type Charset, charset } from './charset.ts';
export { type HashReply, parseChecksumReply, parseHashReply } from './checksum-reply.ts';
export { formatCommandLine, isMalformed, looksLikeHttp, parseCommandLine } from './command-line.ts';
export { currentDirectoryReadings } from './directory-reply.ts';
export { parseFeatures } from './features-reply.ts';
export { parseAnnouncedSize, parseSizeReply, parseTimeReply } from './file-replies.ts';
export { compileGlob, hasWildcard } from './glob.ts';
export { type Line, LineSplitter } from './line-splitter.ts';
export { FACTS, type FactName, factList, formatFacts, formatFactsFeature } from './listing/facts.ts';
export { tellsCutListing, tellsEmptyListing } from './listing/last-reply.ts';
export { encodeListing } from './listing/lines.ts';
export type { ListedEntry } from './listing/listed-entry.ts';
export { ListingReader } from './listing/listing-reader.ts';
export { parseFactsReply, readFactsLine } from './listing/read-facts.ts';
export { formatUnixLine } from './listing/unix-line.ts';
export {
  extendedPassiveReply,
  parseExtendedPassiveReply,
  parsePassiveReply,
  passiveReply,
} from './passive-reply.ts';
export {
  formatFirstLine,
  formatInnerLine,
  formatReply,
  multiline,
  quoted,
  type Reply,
  reply,
  replyWithPath,
} from './reply.ts';
export { ReplyFailure, ReplyReader } from './reply-reader.ts';
export {
  ANNOUNCED,
  ByteReader,
  ByteWriter,
  DATA_HEAD_BYTES,
  dataReply,
  formatInit,
  formatRequest,
  type KnownRequest,
  MalformedPacket,
  type NamedEntry,
  openFlags,
  PacketSplitter,
  parseInit,
  parseReply,
  parseRequest,
  parseVersion,
  readOpenFlags,
  roomForData,
  type SftpAttributes,
  type SftpReply,
  type SftpRequest,
  type SftpRequestKind,
  STATUS,
  type StatusName,
  sftpReply,
} from './sftp/index.ts';
export { matchesStarPattern, STAR } from './star-pattern.ts';
export { type ChangedFacts, changedFacts, modeAndPath } from './syntax/changed-facts.ts';
export { checksumRequest, digestAlgorithm } from './syntax/digest.ts';
export { hostName, languageTag } from './syntax/host.ts';
export { extendedHostPort, extendedPassive, type HostPort, hostPort } from './syntax/host-port.ts';
export { type ListArgument, listArgument } from './syntax/list-argument.ts';
export { combination, newLink } from './syntax/names.ts';
export { allocation, byteOffset, byteRange, protectionBufferSize } from './syntax/numbers.ts';
export { passwordChange } from './syntax/password-change.ts';
export {
  fileStructure,
  type TransferMode,
  type TransferType,
  transferMode,
  transferType,
} from './syntax/representation.ts';
export { authMechanism, type ProtectionLevel, protectionLevel } from './syntax/security.ts';
export { type Syntax, SyntaxFailure } from './syntax/syntax.ts';
export { noArgument, optionalText, text, wordAndRest } from './syntax/text.ts';
export { formatTime } from './syntax/time.ts';
export { modifiedTime, timeAndPath, unixTimes } from './syntax/timed-path.ts';
