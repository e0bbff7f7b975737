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
    `Sessions of one account, ${atOnce} at a time: TCP, AUTH TLS with a full handshake, USER, PASS, PBSZ, ` +
    'PROT, TYPE and QUIT. The table shows the cost of one password hash. Lockport uses scrypt (N=2^15, r=8, ' +
    'p=3), and remembers for ten minutes that a password was correct; “first logins” turns that off. The ' +
    'rivals use SHA-512 of crypt(3): with the usual 5,000 rounds, and with as many rounds as make it cost the ' +
    'same as Lockport’s hash (“strong hash”). vsftpd uses PAM with a system account, and PAM hashes the ' +
    'password twice. vsftpd has three processes for each session; part of their CPU time is lost when they ' +
    'end, which favours vsftpd.',
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
    ...['pyftpdlib', 'ftp-srv'].map((name) => ({
      name,
      reason: 'it does not hash passwords, but leaves that to its user',
    })),
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
