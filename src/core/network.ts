/**
 * Whether an address lies in a network, which is one address or a CIDR range. IPv4 and IPv4-mapped IPv6 (RFC 4291 section
 * 2.5.5.2) are the same. What is no address lies in no network, and a network that can't be read holds nobody.
 */
export function isInNetwork(address: string, network: string): boolean {
  const [base = '', prefix] = network.split('/');
  const [wanted, held] = [addressGroups(address), addressGroups(base)];
  const width = base.includes(':') ? 128 : 32;
  const length = prefix === undefined ? width : prefixLength(prefix);
  if (!wanted || !held || length > width) return false;
  const bits = length + 128 - width;
  return held.every((group, index) => {
    const unused = 16 - Math.min(16, Math.max(0, bits - index * 16));
    return group >> unused === (wanted[index] ?? 0) >> unused;
  });
}

/**
 * The length of the prefix of a network, of an IPv4 one as if it were mapped (RFC 4291 section 2.5.5.2): 96 more than is
 * written. Undefined for what is no network.
 */
export function networkBits(network: string): number | undefined {
  const [base = '', prefix] = network.split('/');
  const width = base.includes(':') ? 128 : 32;
  const length = prefix === undefined ? width : prefixLength(prefix);
  return addressGroups(base) && length <= width ? length + 128 - width : undefined;
}

/** Stands for the first `bits` of an address, or of the base of a network: equal where they are. Undefined for what is neither. */
export function networkKey(network: string, bits: number): string | undefined {
  return maskedGroups(network, bits)?.join(':');
}

/**
 * A network as it is shown and compared: without bits behind its prefix, without a prefix where it is one address, in
 * the form of RFC 5952. Undefined for what is no network.
 */
export function canonicalNetwork(text: string): string | undefined {
  const bits = isNetwork(text) ? networkBits(text) : undefined;
  const groups = bits === undefined ? undefined : maskedGroups(text, bits);
  if (bits === undefined || !groups) return undefined;
  const isIpv4 = isIpv4Mapped(groups) && bits >= 96;
  const [address, length, width] = isIpv4 ? [dottedText(groups), bits - 96, 32] : [colonText(groups), bits, 128];
  return length === width ? address : `${address}/${length}`;
}

/** Whether the text is an address without a zone, or a CIDR range of them. A number that begins with 0 is refused: some read it as octal. */
export function isNetwork(text: string): boolean {
  const [base = '', prefix, ...more] = text.split('/');
  if (more.length > 0 || base.includes('%') || !addressGroups(base)) return false;
  if (!base.includes(':') && base.split('.').some((part) => part.length > 1 && part.startsWith('0'))) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (base.includes(':') ? 128 : 32));
}

/** The eight groups of an address (RFC 4291 section 2.2), of an IPv4 one as if it were mapped; undefined where it is none. */
export function addressGroups(text: string): readonly number[] | undefined {
  const dotted = dottedGroups(text);
  if (dotted) return [0, 0, 0, 0, 0, 0xffff, ...dotted];
  // `fe80::1%eth0`: the zone names an interface of ours, and is no part of the address.
  const halves = text.replace(/%.*$/, '').split('::').map(colonGroups);
  const [head, tail] = halves;
  if (!head || halves.length > 2 || halves.includes(undefined)) return undefined;
  const zeros = 8 - head.length - (tail?.length ?? 0);
  if (tail ? zeros < 1 : zeros !== 0) return undefined;
  return [...head, ...Array<number>(zeros).fill(0), ...(tail ?? [])];
}

/**
 * What stands for one peer when failures, requests or connections are counted: an IPv4 address, in whatever form it came, or
 * the /64 of an IPv6 one, since one customer has at least that many addresses to come from. Other text stands for itself.
 */
export function networkOf(address: string): string {
  const groups = addressGroups(address);
  if (!groups) return address;
  if (isIpv4Mapped(groups)) return dottedText(groups);
  const prefix = groups.slice(0, 4).map((group) => group.toString(16));
  return `${prefix.join(':')}::/64`;
}

/** An address and a port as a URL has them: `192.0.2.1:21`, `[2001:db8::1]:21` (RFC 3986 section 3.2.2). A host name stays as it is. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `::ffff:0:0/96` (RFC 4291 section 2.5.5.2). */
export function isIpv4Mapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

function maskedGroups(network: string, bits: number): readonly number[] | undefined {
  const [base = ''] = network.split('/');
  return addressGroups(base)?.map((group, index) => {
    const unused = 16 - Math.min(16, Math.max(0, bits - index * 16));
    return (group >> unused) << unused;
  });
}

function dottedText(groups: readonly number[]): string {
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/** RFC 5952 section 4: the longest run of zeros, of those as long the first, becomes `::`; a single zero does not. */
function colonText(groups: readonly number[]): string {
  const hex = groups.map((group) => group.toString(16));
  let [start, length] = [0, 1];
  for (let from = 0; from < 8; from += 1) {
    const run = groups.slice(from).findIndex((group) => group !== 0);
    const zeros = run < 0 ? 8 - from : run;
    if (zeros > length) [start, length] = [from, zeros];
  }
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** The groups of one side of `::`. A dotted end (RFC 4291 section 2.2, form 3) stands for two. */
function colonGroups(side: string): readonly number[] | undefined {
  if (side === '') return [];
  const parts = side.split(':');
  const groups = parts.map((part, index) => {
    if (/^[0-9a-f]{1,4}$/i.test(part)) return [Number.parseInt(part, 16)];
    return index === parts.length - 1 ? dottedGroups(part) : undefined;
  });
  return groups.includes(undefined) ? undefined : groups.flatMap((group) => group ?? []);
}

function dottedGroups(text: string): readonly number[] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const [a = 256, b = 256, c = 256, d = 256] = match?.slice(1).map(Number) ?? [];
  return Math.max(a, b, c, d) > 255 ? undefined : [a * 256 + b, c * 256 + d];
}

function prefixLength(text: string): number {
  return /^\d{1,3}$/.test(text) ? Number(text) : Infinity;
}
