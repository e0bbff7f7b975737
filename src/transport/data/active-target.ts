import { isIP } from 'node:net';
import type { HostPort } from '../../protocol/index.ts';
import { plainAddress } from '../addresses.ts';

/** Ports below are those of services that an attacker would have us talk to (RFC 2577 section 3). */
const firstUnprivilegedPort = 1024;

/**
 * Why a server must not connect there, undefined where it may: to the peer of the control connection only, and to no
 * port of a well-known service (RFC 2577 sections 3 and 4; the FTP bounce attack).
 */
export function activeTargetRefusal(target: HostPort, peerAddress: string): string | undefined {
  if (isIP(target.address) === 0 || plainAddress(target.address) !== plainAddress(peerAddress)) {
    return 'Data connections go to the address of the control connection only';
  }
  return target.port < firstUnprivilegedPort
    ? `Data connections go to no port below ${firstUnprivilegedPort}`
    : undefined;
}
