import { hostname, networkInterfaces } from 'node:os';

/** The names and addresses that clients may reach this machine by: its host name, localhost, and what its interfaces have. */
export function machineNames(): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((interfaces) => interfaces ?? [])
    // A link-local IPv6 address means nothing without the number of an interface, which a certificate can't hold.
    .filter(({ internal, address }) => !internal && !address.toLowerCase().startsWith('fe80:'))
    .map(({ address }) => address);
  const host = hostname().toLowerCase();
  // What is no host name in ASCII can't stand in a certificate as it is (RFC 5280 section 4.2.1.6).
  const hosts = /^[a-z0-9._-]+$/.test(host) ? [host] : [];
  return [...new Set([...hosts, 'localhost', '127.0.0.1', '::1', ...addresses])];
}
