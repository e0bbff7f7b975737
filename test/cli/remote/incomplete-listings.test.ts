import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startHostileServer } from '../../hostile/hostile-server.ts';
import { lockport, type Outcome, type RunOptions, temporaryDirectory } from '../lockport-process.ts';
import { records } from './remote-fixture.ts';

// What a listing does not tell must not look as if it were not there: not on the screen, and not in the exit code.

const LISTING = '-rw-r--r-- 1 ftp ftp 1 Feb 29 2024 a.csv\r\nwhat is this?\r\n';

interface Doubtful {
  readonly home: string;
  readonly run: (verb: string, path: string, options?: RunOptions, ...more: readonly string[]) => Promise<Outcome>;
  readonly heard: () => readonly string[];
}

async function startDoubtful(context: TestContext, listing = LISTING, reply = '226 Listed'): Promise<Doubtful> {
  const server = await startHostileServer({
    files: { '/in/a.csv': 'a', '/in/b.csv': 'b' },
    on: {
      FEAT: (session) => session.reply('502 No'),
      LIST: async (session) => {
        session.reply('150 Listing');
        const shown = session.directory === '/in' ? listing : 'drwxr-xr-x 1 ftp ftp 0 Feb 29 2024 in\r\n';
        await (await session.openData()).finish(shown);
        session.reply(session.directory === '/in' ? reply : '226 Listed');
      },
    },
  });
  context.after(() => server[Symbol.asyncDispose]());
  const home = await temporaryDirectory(context);
  const authority = join(home, 'ca.pem');
  await writeFile(authority, server.certificate);
  return {
    home,
    run: (verb, path, options = {}, ...more) =>
      lockport([verb, '--ca', authority, `ftpes://alice@127.0.0.1:${server.port}/${path}`, ...more], {
        cwd: home,
        ...options,
        environment: { HOME: home, LOCKPORT_PASSWORD: 'wonderland' },
      }),
    heard: () => server.heard.map(({ line }) => line),
  };
}

test('ls shows what came, says that it is not all, and ends with a code of its own', async (context) => {
  const { run } = await startDoubtful(context);
  for (const more of [[], ['-R'], ['--sort', 'size']]) {
    const { code, output, errors } = await run('ls', 'in', {}, ...more);
    assert.deepEqual([code, output], [12, 'a.csv\n'], errors);
    assert.match(errors, /^lockport: The listing of \/in is incomplete: a line is not understood: "what is this\?"$/m);
  }
  const json = await run('ls', 'in', {}, '--json');
  assert.equal(json.code, 12);
  assert.partialDeepStrictEqual(records(json), [{ path: '/in/a.csv' }, { error: { code: 'incomplete-listing' } }]);
});

test('ls says when the server cut its listing', async (context) => {
  const { run } = await startDoubtful(context, LISTING.split('\n')[0], '226 Output truncated to 1 matches');
  const { code, output, errors } = await run('ls', 'in');
  assert.deepEqual([code, output], [12, 'a.csv\n'], errors);
  assert.match(errors, /Output truncated to 1 matches/);
});

test('get, cat and ls of a pattern give what matches of what came, and say that there may be more', async (context) => {
  const { run, home } = await startDoubtful(context);
  const get = await run('get', 'in/*.csv', {}, `${home}/got/`);
  assert.equal(get.code, 12, get.errors);
  assert.match(get.errors, /incomplete/);
  assert.deepEqual(await readdir(join(home, 'got')), ['a.csv']);
  const cat = await run('cat', 'in/*.csv');
  assert.deepEqual([cat.code, cat.output], [12, 'a'], cat.errors);
  const ls = await run('ls', 'in/*.csv');
  assert.deepEqual([ls.code, ls.output], [12, 'a.csv\n'], ls.errors);
});

test('that nothing matches a pattern is not said of a listing that is incomplete', async (context) => {
  const { run } = await startDoubtful(context);
  for (const verb of ['ls', 'get', 'cat']) {
    const { code, errors } = await run(verb, 'in/*.xml');
    assert.equal(code, 12, errors);
    assert.doesNotMatch(errors, /Nothing matches/);
  }
});

test('nothing is removed by a listing that is incomplete, neither a tree nor by a pattern', async (context) => {
  const { run, heard } = await startDoubtful(context);
  for (const words of [
    ['in', '-r'],
    ['in/*.csv', '-f'],
  ] as const) {
    const { code, errors } = await run('rm', words[0], {}, words[1]);
    assert.equal(code, 12, errors);
  }
  assert.deepEqual(
    heard().filter((line) => /^(DELE|RMD)/.test(line)),
    [],
  );
});

test('a script of the shell ends at a listing that is incomplete', async (context) => {
  const { run } = await startDoubtful(context);
  for (const command of ['ls', 'get *.csv', 'cat *.csv', 'rm *.csv', 'chmod 640 *.csv']) {
    const { code, output, errors } = await run('shell', 'in', { input: `${command}\npwd\n` });
    assert.equal(code, 12, `${command}: ${errors}`);
    assert.doesNotMatch(output, /\/in/, command);
  }
});
