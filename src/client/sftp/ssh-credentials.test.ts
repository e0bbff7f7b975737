import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ClientError } from '../errors.ts';
import type { SshOptions } from '../options.ts';
import { settingsOf } from '../settings.ts';
import type { KeyRing } from './key-ring.ts';
import { aliceBySftp } from './sftp-fixture.test.ts';
import { SshCredentials } from './ssh-credentials.ts';

type Prompts = readonly { readonly prompt: string; readonly echo: boolean }[];

/** What a server gets for its questions, or why it gets nothing. */
function asking(ssh: SshOptions) {
  let fail: (error: unknown) => void = () => undefined;
  const credentials = new SshCredentials(settingsOf(aliceBySftp({ port: 22 }, { ssh })), undefined, (error) =>
    fail(error),
  );
  return async (prompts: Prompts, accepted: readonly string[] = ['keyboard-interactive'], isPartial = false) => {
    const method = await credentials.next(accepted, isPartial);
    assert.ok(method?.type === 'keyboard-interactive');
    const ask = (asked: Prompts): Promise<readonly string[]> =>
      new Promise((resolve, reject) => {
        fail = reject;
        method.prompt('', '', '', asked, resolve);
      });
    return { first: await ask(prompts), ask };
  };
}

/** Keys of which a server has let one sign, or none. */
function ringThat(hasSigned: boolean): KeyRing {
  return { getIdentities: () => undefined, sign: () => undefined, hasSigned: () => hasSigned };
}

const PASSWORD = { prompt: 'Password: ', echo: false };
const CODE = { prompt: 'Verification code: ', echo: false };

suite('keyboard-interactive', () => {
  test('the first hidden question gets the password, and the others go to whoever answers', async () => {
    const asked: unknown[] = [];
    const answer: SshOptions['answer'] = async (question) => {
      asked.push(question);
      return '123456';
    };
    const { first, ask } = await asking({ answer })([PASSWORD]);
    assert.deepEqual(first, ['wonderland']);
    assert.deepEqual(await ask([CODE, { prompt: 'Name: ', echo: true }]), ['123456', '123456']);
    assert.deepEqual(asked, [
      { prompt: 'Verification code: ', isVisible: false },
      { prompt: 'Name: ', isVisible: true },
    ]);
  });

  test('behind an accepted key only a question for the password gets the password, and a code is asked for', async () => {
    const answer: SshOptions['answer'] = async () => '123456';
    const ask = asking({ answer });
    assert.deepEqual((await ask([CODE], ['keyboard-interactive'], true)).first, ['123456']);
    const other = asking({ answer });
    assert.deepEqual((await other([PASSWORD, CODE], ['keyboard-interactive'], true)).first, ['wonderland', '123456']);
  });

  test('a password that was refused, and is asked for again with nobody there, is told as refused', async () => {
    const credentials = new SshCredentials(settingsOf(aliceBySftp({ port: 22 })), undefined, () => undefined);
    assert.equal((await credentials.next(['password'], false))?.type, 'password');
    assert.equal(await credentials.next(['password', 'keyboard-interactive'], false), undefined);
    assert.equal((await credentials.next(['keyboard-interactive'], true))?.type, 'keyboard-interactive');
  });

  test('a password that nobody gives behind keys that were refused is told with them', async () => {
    const ring = ringThat(false);
    const password = async (): Promise<string> => {
      throw new Error('No password, and nobody to ask for it');
    };
    const credentials = new SshCredentials(settingsOf(aliceBySftp({ port: 22 }, { password })), ring, () => undefined);
    assert.equal((await credentials.next(['publickey', 'password'], false))?.type, 'agent');
    await assert.rejects(credentials.next(['publickey', 'password'], false), {
      code: 'login-refused',
      message: 'The server took none of the keys. No password, and nobody to ask for it',
    });
  });

  test('behind a key that was taken and is not enough come answers, then the password, whatever was told before', async () => {
    const settings = settingsOf(aliceBySftp({ port: 22 }));
    const credentials = new SshCredentials(settings, ringThat(true), () => undefined);
    const types = [];
    for (let index = 0; index < 4; index += 1) types.push((await credentials.next(['publickey'], false))?.type);
    assert.deepEqual(types, ['agent', 'keyboard-interactive', 'password', undefined]);
  });

  test('a question that nobody can answer ends the login, and names it', async () => {
    const isNamed = (error: unknown): boolean =>
      error instanceof ClientError && error.code === 'login-refused' && error.message.includes('Verification code');
    await assert.rejects(asking({})([PASSWORD, CODE]), isNamed);
  });

  test('a server that asks without an end is stopped', async () => {
    const { ask } = await asking({ answer: async () => 'again' })([PASSWORD]);
    const askOn = async (): Promise<void> => {
      for (let round = 0; round < 100; round += 1) await ask([CODE]);
    };
    await assert.rejects(askOn(), { name: 'ClientError', code: 'protocol' });
    const many = asking({ answer: async () => 'again' })(Array.from({ length: 1000 }, () => CODE));
    await assert.rejects(many, { name: 'ClientError', code: 'protocol' });
  });
});
