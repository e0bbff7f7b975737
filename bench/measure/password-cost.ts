import { hashPassword } from '../../src/identity/index.ts';
import { findTool, MissingProgram } from '../../test/interop/tool.ts';

/** A password's hash in the form of crypt(3), and what one costs here. */
export interface CryptHash {
  readonly hash: string;
  readonly cpuMs: number;
}

const password = 'wonderland';
/** What crypt(3) takes where nothing is said. */
const usualRounds = 5000;
/** So many that the clock of /proc, which counts in 10 ms, is good enough. */
const trialRounds = 400_000;

/** What Lockport's own hash (scrypt) costs here, in CPU milliseconds. */
export async function scryptCpuMs(): Promise<number> {
  await hashPassword(password);
  const before = process.cpuUsage();
  await hashPassword(password);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** SHA-512 at the usual number of rounds, and at as many as take `cpuMs`. */
export async function sha512Hashes(cpuMs: number): Promise<{ readonly usual: CryptHash; readonly strong: CryptHash }> {
  const roundMs = (await crypted(trialRounds)).cpuMs / trialRounds;
  return {
    usual: { hash: (await crypted(usualRounds)).hash, cpuMs: roundMs * usualRounds },
    strong: { hash: (await crypted(Math.round(cpuMs / roundMs))).hash, cpuMs },
  };
}

/** Perl's crypt is the C library's, which the servers use too. */
async function crypted(rounds: number): Promise<CryptHash> {
  const perl = await findTool('perl');
  if (!perl) throw new MissingProgram('perl');
  const salt = `$6$rounds=${rounds}$lockport`;
  const program =
    'my $hash = crypt($ARGV[0], $ARGV[1]); my ($user, $system) = times; printf "%s %f", $hash, 1000 * ($user + $system)';
  const [hash = '', cpuMs] = (await perl.run(['-e', program, password, salt])).split(' ');
  return { hash, cpuMs: Number(cpuMs) };
}
