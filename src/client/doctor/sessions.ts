import { type Check, fetchBytes } from './examined-server.ts';

/** Listings in a row: tickets run out after two where a server renews none (RFC 8446 appendix C.4). */
const rounds = 5;

/** Whether data connections resume the TLS session of the control connection, again and again. */
export const sessions: Check = async function* (examined) {
  const { data, pool } = examined;
  if (pool.settings.dataProtection === 'clear' || pool.settings.sessionReuse === 'off') {
    yield { check: 'sessions', verdict: 'skipped', message: 'No TLS session is resumed, as you asked' };
    return;
  }
  const before = data.length;
  for (let round = 0; round < rounds; round += 1) await fetchBytes(examined, 'LIST');
  const resumed = data.slice(before).filter((fact) => fact.resumed).length;
  const facts = { rounds, resumed };
  if (resumed === rounds) {
    yield {
      check: 'sessions',
      verdict: 'good',
      message: `${rounds} of ${rounds} data connections resumed the TLS session of the control connection`,
      facts,
    };
    return;
  }
  yield {
    check: 'sessions',
    verdict: 'warning',
    message: `${resumed} of ${rounds} data connections resumed the TLS session of the control connection`,
    advice:
      resumed === 0
        ? 'Nothing proves that a data connection belongs to its client: have the server resume sessions (and, where it can, require it)'
        : 'The server stops resuming after some transfers: have it renew its tickets, or clients that insist on it will fail in the middle of a job',
    facts,
  };
};
