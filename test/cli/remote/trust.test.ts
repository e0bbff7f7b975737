import assert from 'node:assert/strict';
import { appendFile, chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockport } from '../lockport-process.ts';
import { records, startRemote } from './remote-fixture.ts';

const PASSWORD = { LOCKPORT_PASSWORD: 'wonderland' };

test('an unknown server gets no password, and the command line that is told goes on', async (context) => {
  const remote = await startRemote(context);
  const refused = await remote.bare(['ls', remote.url('')], { environment: PASSWORD });
  assert.deepEqual([refused.code, refused.output], [4, '']);
  assert.match(refused.errors, /The server is not trusted; no password was sent\. It is signed by itself/);
  assert.match(refused.errors, /^ {2}fingerprint {2}([0-9A-F]{2}:){31}[0-9A-F]{2}$/m);
  const [, pin = ''] = /ls --pin '(sha256\/\/[^']+)' 'ftpes:/.exec(refused.errors) ?? [];
  const json = await remote.bare(['ls', '--json', remote.url('')], { environment: PASSWORD });
  assert.partialDeepStrictEqual(records(json)[0]?.['error'], { code: 'untrusted', certificate: { pin } });
  assert.ok(remote.server.events.every(({ event }) => event !== 'login.succeeded' && event !== 'login.failed'));

  const pinned = await remote.bare(['ls', '--pin', pin, remote.url('')], { environment: PASSWORD });
  assert.equal(pinned.code, 0, pinned.errors);
  const wrong = await remote.bare(['ls', '--pin', `sha256//${'A'.repeat(43)}=`, remote.url('')], {
    environment: PASSWORD,
  });
  assert.equal(wrong.code, 4);
  assert.match(wrong.errors, /none of those that are pinned/);
});

test('trust on first use remembers the server; --insecure remembers nothing and warns each time', async (context) => {
  const remote = await startRemote(context);
  const known = join(remote.home, '.config/lockport/known-servers');
  const insecure = await remote.bare(['ls', '--quiet', '--insecure', remote.url('')], { environment: PASSWORD });
  assert.equal(insecure.code, 0, insecure.errors);
  assert.match(insecure.errors, /WARNING: --insecure: nobody checks who the server is/);
  await assert.rejects(stat(known));
  const use = () => remote.bare(['ls', '--trust-on-first-use', remote.url('')], { environment: PASSWORD });
  assert.equal((await use()).code, 0);
  assert.match(await readFile(known, 'utf8'), /sha256\/\//);
  assert.equal((await use()).code, 0);
  // Another key than the one that it had.
  const text = await readFile(known, 'utf8');
  await writeFile(known, text.replace(/sha256\/\/\S+/, `sha256//${'A'.repeat(43)}=`));
  const changed = await use();
  assert.equal(changed.code, 4);
  assert.match(changed.errors, /not the one that is remembered.*\n(.*\n)*.*known-servers forget/);

  const server = `127.0.0.1:${remote.server.explicitPort}`;
  await appendFile(known, '# mine\nother:21 sha256//x 2030-01-02\n');
  const listed = await remote.bare(['known-servers', 'list', '--json']);
  assert.deepEqual(
    records(listed).map(({ server }) => server),
    [server, 'other:21'],
  );
  assert.match((await remote.bare(['known-servers', 'list'])).output, /^other:21 +sha256\/\/x +2030-01-02$/m);
  const [forgotten, again] = [
    await remote.bare(['known-servers', 'forget', server]),
    await remote.bare(['known-servers', 'forget', server]),
  ];
  assert.deepEqual([forgotten.code, forgotten.errors, again.code], [0, '', 2]);
  assert.equal(await readFile(known, 'utf8'), '# mine\nother:21 sha256//x 2030-01-02\n');
  assert.equal((await stat(known)).mode & 0o777, 0o600);
  assert.equal((await use()).code, 0);
});

test('a password comes from input, environment, .netrc or URL, in this order', async (context) => {
  const remote = await startRemote(context);
  const { explicitPort, certificateFile } = remote.server;
  const url = remote.url('');
  const ls = ['ls', '--ca', certificateFile];
  const netrc = join(remote.home, '.netrc');
  const none = await remote.bare([...ls, url]);
  assert.deepEqual([none.code, none.output], [2, '']);
  assert.match(none.errors, /No password for alice.*--password-stdin.*LOCKPORT_PASSWORD.*\.netrc/);

  const unset = await remote.bare([...ls, url], { environment: { LOCKPORT_PASSWORD: '' } });
  assert.deepEqual([unset.code, unset.errors.startsWith('lockport: The password is empty: ')], [2, true]);
  const noInput = await remote.bare([...ls, '--password-stdin', url]);
  assert.deepEqual([noInput.code, noInput.errors.startsWith('lockport: The password is empty: ')], [2, true]);
  await writeFile(netrc, 'machine 127.0.0.1 login alice password wonderland\n', { mode: 0o600 });
  assert.equal((await remote.bare([...ls, url])).code, 0);
  const wrongEnvironment = await remote.bare([...ls, url], { environment: { LOCKPORT_PASSWORD: 'wrong' } });
  assert.equal(wrongEnvironment.code, 5);
  const input = await remote.bare([...ls, '--password-stdin', url], {
    input: 'wonderland\n',
    environment: { LOCKPORT_PASSWORD: 'wrong' },
  });
  assert.equal(input.code, 0, input.errors);
  await chmod(netrc, 0o644);
  const open = await remote.bare([...ls, `ftpes://127.0.0.1:${explicitPort}/`]);
  assert.equal(open.code, 0, open.errors);
  assert.match(open.errors, /can be read by others/);
  await writeFile(netrc, '');
  await chmod(netrc, 0o600);
  const inUrl = await remote.bare([...ls, `ftpes://alice:wonderland@127.0.0.1:${explicitPort}/`]);
  assert.equal(inUrl.code, 0, inUrl.errors);
  assert.match(inUrl.errors, /The password in the URL can be read/);
});

test('a bookmark is made, used and removed', async (context) => {
  const remote = await startRemote(context);
  await mkdir(join(remote.server.root, 'in'));
  await writeFile(join(remote.server.root, 'in/a'), 'a');
  const { certificateFile } = remote.server;
  const bookmark = (...words: readonly string[]) => remote.bare(['bookmark', ...words]);
  assert.equal((await bookmark('add', 'here', remote.url('in/'), '--ca', certificateFile)).code, 0);
  const listed = await bookmark('list', '--json');
  assert.deepEqual(records(listed), [{ name: 'here', url: remote.url('in/'), ca: certificateFile }]);
  const replaced = await bookmark('add', 'here', remote.url('in/'), '--ca', certificateFile);
  assert.deepEqual([replaced.code, replaced.errors], [0, 'lockport: replaced the bookmark here\n']);
  const unnamed = await remote.bare(['put', '-', 'here:'], { environment: PASSWORD });
  assert.deepEqual([unnamed.code, /has no name/.test(unnamed.errors)], [2, true]);
  const cat = await remote.bare(['cat', 'here:a'], { environment: PASSWORD });
  assert.deepEqual([cat.code, cat.output], [0, 'a'], cat.errors);
  const moved = await remote.bare(['mv', 'here:a', 'b'], { environment: PASSWORD });
  assert.equal(moved.code, 0, moved.errors);
  assert.equal(await readFile(join(remote.server.root, 'in/b'), 'utf8'), 'a');
  assert.equal((await bookmark('add', 'secret', 'ftpes://me:word@h/')).code, 2);
  assert.equal((await bookmark('remove', 'here')).code, 0);
  const gone = await remote.bare(['cat', 'here:a'], { environment: PASSWORD });
  assert.deepEqual([gone.code, /no bookmark here/.test(gone.errors)], [2, true]);
});

test('what can not be is refused before anything is sent', async () => {
  for (const [words, code, message] of [
    [['ls', 'ftp://127.0.0.1:1/'], 2, /in clear.*--allow-clear/],
    [['ls', 'file.txt'], 2, /is no URL/],
    [['get', 'a', 'b'], 2, /is no URL/],
    [['put', 'a', 'b'], 2, /"b" is none/],
    [['put', '-', 'ftpes://h/dir/'], 2, /Standard input has no name/],
    [['put', '--password-stdin', '-', 'ftpes://h/f'], 2, /both the file and the password/],
    [['sync', 'a', 'b'], 2, /Neither side is a URL/],
    [['sync', '--user', 'me', 'ftpes://h/', 'ftpes://i/'], 2, /several servers/],
    [['mv', 'ftpes://h/a', 'ftpes://i/b'], 2, /on the same server/],
    [['ls', '--cert', 'x.pem', 'ftpes://h/'], 2, /belong together/],
    [['ls', '--ca', '/nonexistent/ca.pem', 'ftpes://h/'], 9, /\/nonexistent\/ca.pem: no such file/],
    [['ls', 'ftpes://127.0.0.1:1/'], 3, /Nothing listens/],
  ] as const) {
    const { code: actual, errors } = await lockport(words);
    assert.equal(actual, code, `${words.join(' ')}: ${errors}`);
    assert.match(errors, message);
    assert.doesNotMatch(errors, /should not have happened/);
  }
});

test('--verbose shows the conversation without the password', async (context) => {
  const remote = await startRemote(context);
  const { errors } = await remote.run(['ls', '--verbose', remote.url('')]);
  assert.match(errors, /^\[1\] > USER alice$/m);
  assert.match(errors, /^\[1\] < 230 /m);
  assert.doesNotMatch(errors, /wonderland/);
});
