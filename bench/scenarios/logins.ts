import { startLoad } from '../load/load.ts';
import { type CryptHash, scryptCpuMs, sha512Hashes } from '../measure/password-cost.ts';
import type { Absence, Bench, Measurement, Scenario, Subject } from '../scenario.ts';
import { type Contestant, hashingRivals, lockport, lockportHashing } from '../servers/contestants.ts';
import { onServers, type Running } from './on-servers.ts';

const atOnce = 4;
/** A hash that is expensive is met less often in a round. */
const count = { cheap: 200, expensive: 40 };

export const logins: Scenario = {
  name: 'logins',
  title: 'Logins',
  about:
    `Sessions of one account, ${atOnce} at a time: TCP, AUTH TLS with a full handshake, USER, PASS, PBSZ, PROT, TYPE and QUIT. ` +
    'What one hash of a password costs is in the table. Lockport’s is scrypt (N=2^15, r=8, p=3). It remembers for ten minutes ' +
    'that a password was right; “first logins” has that turned off. The rivals’ is crypt(3)’s SHA-512: with the usual ' +
    '5,000 rounds, and with so many that it costs what Lockport’s does (“strong hash”). vsftpd asks PAM, for an account of ' +
    'the system; PAM hashes the password twice, and a part of the time of its three processes for each ' +
    'session gets lost when they end, in its favour.',
  kind: 'server',
  prepare,
};

async function prepare({ isQuick }: Bench): Promise<readonly (Subject | Absence)[]> {
  const ownMs = await scryptCpuMs();
  const { usual, strong } = await sha512Hashes(ownMs);
  const part = isQuick ? 0.25 : 1;
  return [
    ...(await subjects([lockport], ownMs, count.cheap * part)),
    ...(await subjects([lockportHashing], ownMs, count.expensive * part)),
    ...(await subjects(
      hashingRivals.map((each) => hashing(each, usual)),
      usual.cpuMs,
      count.cheap * part,
    )),
    ...(await subjects(
      hashingRivals.map((each) => ({ ...hashing(each, strong), name: `${each.name}, strong hash` })),
      strong.cpuMs,
      count.expensive * part,
    )),
    ...['pyftpdlib', 'ftp-srv'].map((name) => ({ name, reason: 'it hashes no password: that is left to its user' })),
  ];
}

function hashing(contestant: Contestant, { hash }: CryptHash): Contestant {
  return { ...contestant, start: (options) => contestant.start({ ...options, passwordHash: hash }) };
}

function subjects(contestants: readonly Contestant[], hashMs: number, logins: number) {
  return onServers(contestants, async (running) => async () => [
    ...(await signIn(running, logins)),
    { metric: 'one hash', unit: 'CPU-ms/login', better: 'lower', value: hashMs },
  ]);
}

async function signIn({ server, processes }: Running, logins: number): Promise<readonly Measurement[]> {
  await using load = await startLoad({ kind: 'logins', count: logins, atOnce, stay: false }, server);
  const idle = await processes.count();
  const before = await processes.cpuS();
  const { seconds } = await load.begin();
  await processes.settle(idle);
  const cpuS = (await processes.cpuS()) - before;
  return [
    { metric: 'rate', unit: 'logins/s', better: 'higher', value: logins / seconds },
    { metric: 'server CPU', unit: 'CPU-ms/login', better: 'lower', value: (cpuS * 1000) / logins },
  ];
}
