import { isInNetwork } from '../core/index.ts';

/**
 * Whether an address is one of those listed, each an address or a CIDR range; IPv4 and IPv4-mapped IPv6 (RFC 4291
 * section 2.5.5.2) are the same. An empty list means anywhere; an entry that cannot be read admits nobody.
 */
export function isAllowed(address: string, allowed: readonly string[]): boolean {
  return allowed.length === 0 || allowed.some((network) => isInNetwork(address, network));
}
