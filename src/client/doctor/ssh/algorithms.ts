import type { Finding } from '../finding.ts';
import type { ServerOffer } from './server-offer.ts';

/** What nobody should use any more. */
const WEAK = /sha1(?!\d)|ssh-rsa$|ssh-dss|-cbc|arcfour|3des|md5|group1-|umac-64|none/;
/** RFC 8308 and OpenSSH put markers among the key exchanges. */
const STRICT = 'kex-strict-s-v00@openssh.com';
const OF_TERRAPIN = /^chacha20-poly1305@openssh\.com$|-cbc$/;

/** How safe what it offers is: whoever is in between, or an old client, may choose the weakest. */
export function* algorithms({ keyExchanges, hostKeys, ciphers, macs }: ServerOffer): Generator<Finding> {
  const offered = [...keyExchanges, ...hostKeys, ...ciphers, ...macs];
  const weak = [...new Set(offered.filter((name) => WEAK.test(name)))];
  yield weak.length === 0
    ? {
        check: 'algorithms',
        verdict: 'good',
        message: 'Nothing weak is offered',
        facts: { offered: [...new Set(offered)] },
      }
    : {
        check: 'algorithms',
        verdict: 'warning',
        message: `Weak algorithms are offered: ${weak.join(', ')}`,
        advice: 'Have the server offer them no more: SHA-1, CBC and DSA have no use but for clients of ten years ago',
        facts: { weak },
      };
  const isAtRisk = ciphers.some((name) => OF_TERRAPIN.test(name)) && !keyExchanges.includes(STRICT);
  yield isAtRisk
    ? {
        check: 'terrapin',
        verdict: 'warning',
        message: 'Messages can be cut from the beginning of a session (Terrapin, CVE-2023-48795)',
        advice: 'Update the server, or have it offer neither ChaCha20-Poly1305 nor CBC',
      }
    : { check: 'terrapin', verdict: 'good', message: 'No message can be cut from the beginning of a session' };
}
