import { isIP } from 'node:net';
import { addressGroups, isInNetwork, isIpv4Mapped } from '../core/index.ts';

/**
 * What stands for one peer when failures are counted: an IPv4 address, in whatever form it came, or the /64 of an IPv6
 * one, since one customer has at least that many addresses to come from. Other text stands for itself.
 */
export function networkOf(address: string): string {
  const groups = isIP(address) === 6 ? addressGroups(address) : undefined;
  if (!groups) return address;
  if (isIpv4Mapped(groups)) {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  }
  const prefix = groups.slice(0, 4).map((group) => group.toString(16));
  return `${prefix.join(':')}::/64`;
}

/**
 * Whether an address is one of those listed, each an address or a CIDR range; IPv4 and IPv4-mapped IPv6 (RFC 4291
 * section 2.5.5.2) are the same. An empty list means anywhere; an entry that cannot be read admits nobody.
 */
export function isAllowed(address: string, allowed: readonly string[]): boolean {
  return allowed.length === 0 || allowed.some((network) => isInNetwork(address, network));
}
