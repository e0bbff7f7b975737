import { ByteReader, ByteWriter } from '../../../protocol/index.ts';
import type { Ssh2Client, Ssh2Key } from '../../../transport/index.ts';

const SHOW = 'hostkeys-00@openssh.com';
const PROVE = 'hostkeys-prove-00@openssh.com';
/** SSH_MSG_GLOBAL_REQUEST (RFC 4254 section 4). */
const GLOBAL_REQUEST = 80;

/**
 * Shows somebody who has signed in all host keys, and proves them once when asked (OpenSSH's PROTOCOL, section 2.5): so clients
 * learn the next key before it takes the place of one that they know. It needs the inside of ssh2 1.17; where that is not as it was,
 * no key is shown.
 * @param hostKeyAlgorithm what the server has signed with at the key exchange
 */
export function showHostKeys(
  { _protocol: protocol }: Ssh2Client,
  keys: readonly Ssh2Key[],
  hostKeyAlgorithm: string,
): void {
  const handlers = protocol?._handlers;
  const others = handlers?.GLOBAL_REQUEST;
  const writer = protocol?._packetRW?.write;
  // Between the two halves of a key exchange nothing else may be sent.
  if (!protocol?.requestSuccess || !handlers || !others || !writer || !protocol._cipher || protocol._kexinit) return;
  let isProven = false;
  handlers.GLOBAL_REQUEST = (from, name, wantsReply, data) => {
    if (name !== PROVE || !wantsReply) return others(from, name, wantsReply, data);
    const session = protocol._kex?.sessionID;
    const proof =
      isProven || !session || !Buffer.isBuffer(data) ? undefined : prove(keys, data, session, hostKeyAlgorithm);
    isProven = true;
    if (proof) protocol.requestSuccess?.(proof);
    else protocol.requestFailure?.();
  };
  const request = new ByteWriter().uint8(GLOBAL_REQUEST).text(SHOW).uint8(0);
  for (const key of keys) request.string(key.getPublicSSH());
  const bytes = request.bytes();
  const packet = writer.alloc(bytes.length);
  packet.set(bytes, writer.allocStart);
  protocol._cipher.encrypt(writer.finalize(packet));
}

/** The signatures of the keys that are asked for, in their order; undefined where one is none of ours, or more are asked for than there are. */
function prove(
  keys: readonly Ssh2Key[],
  asked: Buffer,
  session: Uint8Array,
  hostKeyAlgorithm: string,
): Buffer | undefined {
  const reader = new ByteReader(asked);
  const answer = new ByteWriter();
  try {
    for (let count = 0; !reader.isAtEnd; count += 1) {
      const blob = reader.string();
      const key = keys.find((each) => each.getPublicSSH().equals(blob));
      if (!key || count === keys.length) return undefined;
      const data = new ByteWriter().text(PROVE).string(session).string(blob).bytes();
      const isRsa = key.type === 'ssh-rsa';
      const algorithm = isRsa ? (hostKeyAlgorithm.startsWith('rsa-') ? hostKeyAlgorithm : 'rsa-sha2-512') : key.type;
      const signed = key.sign(data, isRsa ? algorithm.replace('rsa-sha2-', 'sha') : undefined);
      if (signed instanceof Error) return undefined;
      const signature = key.type.startsWith('ecdsa-') ? numbersIn(signed) : signed;
      answer.string(new ByteWriter().text(algorithm).string(signature).bytes());
    }
  } catch {
    return undefined;
  }
  return answer.bytes();
}

/** The two numbers of an ECDSA signature as SSH has them (RFC 5656 section 3.1.2), of DER, whose integers are the same. */
function numbersIn(der: Buffer): Buffer {
  const reader = new ByteReader(der);
  const numbers = new ByteWriter();
  reader.uint8();
  // That of the largest curve has its length in two bytes.
  if (reader.uint8() > 0x80) reader.uint8();
  for (let number = 0; number < 2; number += 1) {
    reader.uint8();
    const bytes = Buffer.alloc(reader.uint8());
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = reader.uint8();
    numbers.string(bytes);
  }
  return numbers.bytes();
}
