import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import {
  type Account,
  type Credentials,
  isRefusal,
  type LoginRefusal,
  limitsWith,
  type NewEvent,
  type PublicKey,
  publicKeyLine,
} from '../core/index.ts';
import { account } from './account.ts';
import { createAccountLock } from './account-lock.ts';
import { createAdmissionControl } from './admission-control.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { passwordAuthenticator } from './password-authenticator.ts';
import { createPasswordChecker, type PasswordChecker } from './password-checker.ts';
import { newTotpSecret, totpCode } from './totp.ts';
import { createTotpCodes, type StoredTotp } from './totp-codes.ts';

/** It ends as a code does. */
const PASSWORD = 'correct horse battery 123456';
const PEER = { session: 's1', protocol: 'sftp', address: '192.0.2.1', port: 4000 } as const;
const KEY_LINE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea';
const KEY: PublicKey = {
  algorithm: 'ssh-ed25519',
  blob: Uint8Array.from(Buffer.from(KEY_LINE.split(' ')[1] ?? '', 'base64')),
};
const BY_KEY = { kind: 'public-key', key: KEY, signature: 'verified' } as const;
const NOW = 1_700_000_000_000;
const STEP = Math.floor(NOW / 30_000);
const UNGUESSED = { failedLoginDelayMs: 0, maxFailedLoginDelayMs: 0, banAfterFailedLogins: 100 };

let passwordHash: string;
before(async () => {
  passwordHash = await hashPassword(PASSWORD);
});

interface Situation {
  readonly account?: Partial<Account>;
  readonly hasTotp?: boolean;
  readonly record?: (name: string, step: number) => Promise<void>;
  /** Three wrong ones lock. */
  readonly isLocking?: boolean;
}

/** An account with a second factor, and how logins to it end: `in`, or the code of the refusal. */
function situation({ account: fields = {}, hasTotp = true, record, isLocking = false }: Situation = {}) {
  const secret = newTotpSecret();
  const events: NewEvent[] = [];
  const stored: number[] = [];
  const note = async (_name: string, step: number) => void stored.push(step);
  const hashes: (string | undefined)[] = [];
  const remembered: boolean[] = [];
  const locked: string[] = [];
  const lock = (kind: string) =>
    createAccountLock(
      () => ({ after: 3, forMs: 60_000 }),
      limitsWith(),
      (name) => {
        locked.push(`${kind} of ${name}`);
        return undefined;
      },
    );
  const checker: PasswordChecker = {
    ...createPasswordChecker(),
    check: async (password, hash, mayRemember = false) => {
      hashes.push(hash);
      remembered.push(mayRemember);
      return verifyPassword(password, hash);
    },
  };
  const find = async (name: string) => {
    if (name !== 'alice') return undefined;
    const totp: StoredTotp = { secret, usedStep: stored.at(-1) ?? 0 };
    return { account: account('alice', fields), passwordHash, ...(hasTotp && { totp }) };
  };
  const control = createAdmissionControl({
    authenticator: passwordAuthenticator(find, checker, {
      codes: createTotpCodes(limitsWith(), record ?? note, () => NOW),
      ...(isLocking && { lock: lock('passwords'), codeLock: lock('codes') }),
    }),
    makeRateLimiter: () => ({ take: async () => undefined }),
    limits: UNGUESSED,
    publish: (event) => events.push(event),
  });
  async function login(credentials: Credentials, user = 'alice'): Promise<'in' | LoginRefusal> {
    const answer = await control.admit(user, credentials, PEER);
    if (isRefusal(answer)) return answer.refused;
    answer.release();
    return 'in';
  }
  const password = (code?: string): Credentials => ({ kind: 'password', password: PASSWORD, code });
  return {
    secret,
    events,
    hashes,
    remembered,
    locked,
    stored,
    login,
    password,
    code: (step = STEP) => totpCode(secret, step),
  };
}

suite('a second factor', () => {
  test('goes with each password: with the code the account opens, without it nothing does, and nothing is told as failed', async () => {
    const { login, password, code, events } = situation();
    assert.equal(await login(password()), 'code-missing');
    assert.deepEqual(events, []);
    assert.equal(await login(password(code())), 'in');
    const other = situation({ hasTotp: false });
    assert.equal(await other.login(other.password()), 'in');
  });

  test('takes a code once, one step before and behind too, and none older than one that was taken', async () => {
    const { login, password, code, stored } = situation();
    assert.equal(await login(password(code(STEP - 2))), 'credentials');
    assert.equal(await login(password(code(STEP - 1))), 'in');
    assert.equal(await login(password(code(STEP - 1))), 'credentials');
    assert.equal(await login(password(code(STEP + 1))), 'in');
    assert.equal(await login(password(code(STEP))), 'credentials');
    assert.equal(await login(password(code(STEP + 2))), 'credentials');
    assert.deepEqual(stored, [STEP - 1, STEP + 1]);
  });

  test('takes a code once where two logins show it at the same time', async () => {
    const { login, password, code } = situation();
    const outcomes = await Promise.all([login(password(code())), login(password(code()))]);
    assert.deepEqual(outcomes.toSorted(), ['credentials', 'in']);
  });

  test('opens nothing by a code that can not be noted', async () => {
    const failure = new Error('disk full');
    const { login, password, code } = situation({ record: () => Promise.reject(failure) });
    await assert.rejects(login(password(code())), failure);
    assert.equal(await login(password(code())), 'credentials');
  });

  test('may stand behind the password, also where that itself ends in six digits', async () => {
    const { login, code, password } = situation();
    const behind = (end: string): Credentials => ({ kind: 'password', password: `${PASSWORD}${end}` });
    assert.equal(await login(behind('x')), 'credentials');
    assert.equal(await login(behind(code(STEP + 5))), 'credentials');
    assert.equal(await login(password()), 'code-missing');
    assert.equal(await login(behind(code())), 'in');
    assert.equal(await login(behind(code())), 'credentials');
  });

  test('costs as many hashes whoever a wrong login is for, and whichever part of it is wrong', async () => {
    const { login, hashes, code } = situation();
    const plain = situation({ hasTotp: false });
    const count = async (of: typeof plain, given: string, user: string): Promise<number> => {
      of.hashes.length = 0;
      assert.equal(await of.login({ kind: 'password', password: given }, user), 'credentials');
      return of.hashes.length;
    };
    assert.equal(await count({ ...plain, login, hashes }, `${PASSWORD}${code(STEP + 5)}`, 'alice'), 2);
    assert.equal(await count({ ...plain, login, hashes }, 'wrong 123456', 'alice'), 2);
    assert.equal(await count({ ...plain, login, hashes }, 'wrong 123456', 'nobody'), 2);
    assert.equal(await count(plain, 'wrong 123456', 'alice'), 2);
    for (const user of ['alice', 'nobody']) assert.equal(await count({ ...plain, login, hashes }, 'wrong', user), 1);
  });

  test('is told as a failed login where the code is wrong, with what was wrong, and nothing of that to the peer', async () => {
    const { events, secret } = situation();
    assert.deepEqual(events, []);
    const { login, password, events: told } = situation();
    await login(password('000000'));
    await login({ kind: 'password', password: 'wrong', code: totpCode(secret, STEP) });
    const reasons = told.map((event) => (event.event === 'login.failed' ? [event.method, event.reason] : []));
    assert.deepEqual(reasons, [
      ['password', 'wrong code, or one that was used'],
      ['password', 'wrong password'],
    ]);
  });

  test('slows down and bans whoever tries codes as whoever tries passwords, also behind a key', async () => {
    for (const kind of ['password', 'public-key'] as const) {
      const control = createAdmissionControl({
        authenticator: {
          authenticate: async () => account('alice'),
          secondFactor: async () => ({ refused: 'credentials', message: 'wrong' }),
        },
        makeRateLimiter: () => ({ take: async () => undefined }),
        limits: { ...UNGUESSED, banAfterFailedLogins: 3 },
      });
      const credentials =
        kind === 'password' ? ({ kind, password: 'x', code: '1' } as const) : { ...BY_KEY, code: '1' };
      const refusals: string[] = [];
      for (let time = 1; time <= 4; time += 1) {
        const answer = await control.admit('alice', credentials, PEER);
        refusals.push(isRefusal(answer) ? answer.refused : 'in');
      }
      assert.deepEqual(refusals, ['credentials', 'credentials', 'credentials', 'banned']);
    }
  });

  test('behind a key makes an address known, where those who guess elsewhere hold up nobody', async () => {
    const control = createAdmissionControl({
      authenticator: {
        authenticate: async () => account('alice'),
        secondFactor: async (_account, { code }) =>
          code === '1' ? undefined : { refused: 'credentials', message: 'wrong' },
      },
      makeRateLimiter: () => ({ take: async () => undefined }),
      limits: { failedLoginDelayMs: 60_000, maxFailedLoginDelayMs: 60_000 },
    });
    const admission = await control.admit('alice', { ...BY_KEY, code: '1' }, PEER);
    assert.ok(!isRefusal(admission));
    const elsewhere = { ...PEER, address: '198.51.100.1' };
    await control.admit('alice', { ...BY_KEY, code: '2' }, elsewhere, AbortSignal.abort());
    const waits = await Promise.all([PEER, elsewhere].map((peer) => control.judge('alice', peer)));
    assert.deepEqual(
      waits.map(({ waitMs }) => waitMs > 0),
      [false, true],
    );
  });

  test('goes with a key where the account asks for it at each login', async () => {
    const line = publicKeyLine(KEY_LINE);
    assert.ok(line);
    const keys = { authorizedKeys: [line] };
    const beside = situation({ account: keys });
    assert.equal(await beside.login(BY_KEY), 'in');
    const always = situation({ account: { ...keys, secondFactor: 'always' } });
    assert.equal(await always.login(BY_KEY), 'code-missing');
    assert.deepEqual(always.events, []);
    assert.equal(await always.login({ ...BY_KEY, code: '000000' }), 'credentials');
    assert.equal(await always.login({ ...BY_KEY, code: always.code() }), 'in');
    assert.deepEqual(
      always.events.map(({ event }) => event),
      ['login.failed', 'login.succeeded'],
    );
  });

  test('is locked behind a key after too many wrong codes, apart from passwords', async () => {
    const line = publicKeyLine(KEY_LINE);
    assert.ok(line);
    const account = { authorizedKeys: [line], secondFactor: 'always' } as const;
    const guessed = situation({ account, isLocking: true });
    for (let time = 1; time <= 3; time += 1)
      assert.equal(await guessed.login({ ...BY_KEY, code: '000000' }), 'credentials');
    assert.equal(await guessed.login({ ...BY_KEY, code: guessed.code() }), 'credentials');
    // Whoever has the password has not guessed, and the code was not taken.
    assert.equal(await guessed.login(guessed.password(guessed.code())), 'in');
    assert.deepEqual(guessed.locked, ['codes of alice']);
    const strangers = situation({ account, isLocking: true });
    for (let time = 1; time <= 3; time += 1)
      assert.equal(await strangers.login({ kind: 'password', password: 'wrong' }), 'credentials');
    assert.deepEqual(strangers.locked, ['passwords of alice']);
    assert.equal(await strangers.login({ ...BY_KEY, code: strangers.code() }), 'in');
  });

  test('comes last where a key, a password and a code are needed', async () => {
    const line = publicKeyLine(KEY_LINE);
    assert.ok(line);
    const fields = { authorizedKeys: [line], keyUse: 'with-password', secondFactor: 'always' } as const;
    const { login, password, code } = situation({ account: fields });
    assert.equal(await login(BY_KEY), 'password-missing');
    assert.equal(await login({ ...BY_KEY, code: code() }), 'password-missing');
    assert.equal(await login(password(code())), 'credentials');
    const both = { kind: 'password', password: PASSWORD, key: KEY } as const;
    assert.equal(await login(both), 'code-missing');
    assert.equal(await login({ ...both, code: code() }), 'in');
  });

  test('that is asked for at each login and was never made opens nothing', async () => {
    const line = publicKeyLine(KEY_LINE);
    assert.ok(line);
    const { login, password, code, remembered } = situation({
      hasTotp: false,
      account: { authorizedKeys: [line], secondFactor: 'always' },
    });
    for (const credentials of [password(), password(code()), BY_KEY]) {
      assert.equal(await login(credentials), 'credentials');
    }
    // One that were known again without a hash would be told right by its time.
    assert.deepEqual(remembered, [false, false]);
  });
});
