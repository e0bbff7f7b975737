import { BlockList, isIP } from 'node:net';

/**
 * What stands for one peer when failures are counted: an IPv4 address, in whatever form it came, or the /64 of an IPv6
 * one, since one customer has at least that many addresses to come from. Other text stands for itself.
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  // `fe80::1%eth0`: the zone names an interface of ours, and is no part of the peer's address.
  const groups = groupsOf(address.replace(/%.*$/, ''));
  if (isMapped(groups)) {
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
  if (allowed.length === 0) return true;
  const list = new BlockList();
  for (const range of allowed) addRange(list, range);
  const family = familyOf(address);
  return family !== undefined && list.check(address, family);
}

function addRange(list: BlockList, range: string): void {
  const [address = '', prefix] = range.split('/');
  const family = familyOf(address);
  if (family === undefined) return;
  if (prefix === undefined) list.addAddress(address, family);
  else if (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 'ipv4' ? 32 : 128)) {
    list.addSubnet(address, Number(prefix), family);
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6';
}

/** The eight groups of an IPv6 address (RFC 4291 section 2.2). */
function groupsOf(address: string): number[] {
  const [head = [], tail = []] = address.split('::').map(partsOf);
  const zeros = Array<number>(8 - head.length - tail.length).fill(0);
  return [...head, ...zeros, ...tail];
}

/** The groups of one side of `::`. A dotted tail (RFC 4291 section 2.2, form 3) stands for two. */
function partsOf(side: string): number[] {
  const parts = side === '' ? [] : side.split(':');
  return parts.flatMap((part) => {
    if (!part.includes('.')) return Number.parseInt(part, 16);
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** `::ffff:0:0/96` (RFC 4291 section 2.5.5.2). */
function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}
