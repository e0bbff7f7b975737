/** What a reply says of its command, by its first digit alone (RFC 959 section 4.2.1, RFC 1123 section 4.1.2.11). */
export type ReplyClass = 'preliminary' | 'completion' | 'intermediate' | 'transient' | 'permanent';

const CLASSES: readonly ReplyClass[] = ['preliminary', 'completion', 'intermediate', 'transient', 'permanent'];

/**
 * The class of a code from 100 on. A protected reply (6yz, RFC 2228 section 5), which TLS has no use for, can't be read
 * and so counts as a refusal.
 */
export function replyClass(code: number): ReplyClass {
  return CLASSES[Math.floor(code / 100) - 1] ?? 'permanent';
}
