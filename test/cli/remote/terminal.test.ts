import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PASSWORDS, type TestServerOptions } from '../../../src/testing/index.ts';
import { skipWithoutPrograms } from '../../interop/tool.ts';
import { BIN } from '../lockport-process.ts';
import { type Remote, startRemote } from './remote-fixture.ts';
import { Terminal } from './tmux.ts';

interface Scene extends Remote {
  /** Runs a verb for alice, who trusts the server, in a terminal. */
  open(verb: string, ...args: readonly string[]): Promise<Terminal>;
}

/** A server with a directory `in` and a file `big` that takes long. */
async function startScene(context: TestContext, options: TestServerOptions = {}): Promise<Scene> {
  const remote = await startRemote(context, options);
  const { root, certificateFile } = remote.server;
  await mkdir(join(root, 'in'));
  await writeFile(join(root, 'in', 'first quarter.csv'), '1;2\n');
  await writeFile(join(root, 'in', 'evil\u001b]0;title\u0007'), '');
  await writeFile(join(root, 'big'), '');
  await truncate(join(root, 'big'), 2_000_000_000);
  const environment = { HOME: remote.home, LANG: 'C.UTF-8', LOCKPORT_PASSWORD: PASSWORDS['alice'] ?? '' };
  return {
    ...remote,
    open: (verb, ...args) =>
      Terminal.start(context, remote.home, [BIN, verb, '--ca', certificateFile, ...args], environment),
  };
}

function inTerminal(title: string, body: (context: TestContext) => Promise<void>): void {
  test(title, (context) => skipWithoutPrograms(context, () => body(context)));
}

inTerminal('a session: complete, look, break a long get off, go on, leave', async (context) => {
  const scene = await startScene(context);
  const terminal = await scene.open('shell', scene.url(''));
  await terminal.shows(/^127\.0\.0\.1:\/>$/m);
  await terminal.type('cd i', 'Tab');
  await terminal.shows(/> cd in\/$/m);
  await terminal.press('Enter');
  await terminal.shows(/^127\.0\.0\.1:\/in>$/m);
  await terminal.type('ls', 'Enter');
  const listing = await terminal.shows(/first quarter\.csv$/m);
  assert.match(listing, /evil\\u001b\]0;title\\u0007/);
  await terminal.type('get f', 'Tab');
  await terminal.shows(/> get first\\ quarter\.csv$/m);
  await terminal.press('Enter');
  await terminal.shows(/^first quarter\.csv: 4 B in /m);
  assert.equal(await readFile(join(scene.home, 'first quarter.csv'), 'utf8'), '1;2\n');

  await terminal.type('get /big', 'Enter');
  await terminal.shows(/^big +\[[#-]{20}\] +\d+% .*\/s/m);
  await terminal.press('C-c');
  await terminal.shows(/^lockport: interrupted\n127\.0\.0\.1:\/in>$/m);
  assert.ok(!(await readdir(scene.home)).includes('big'));
  await terminal.type('nonsense', 'C-c');
  await terminal.shows(/nonsense\^C\n127\.0\.0\.1:\/in>$/m);
  await terminal.type('cat nothing', 'Enter');
  await terminal.shows(/^lockport: 550 .*nothing\)\n127\.0\.0\.1:\/in>$/m);
  await terminal.press('Up', 'Up');
  await terminal.shows(/> get \/big$/m);
  await terminal.press('C-c');
  await terminal.shows(/big\^C\n127\.0\.0\.1:\/in>$/m);
  await terminal.press('C-d');
  assert.equal(await terminal.ended(), 0);
  const history = join(scene.home, '.local/state/lockport/history');
  assert.equal(await readFile(history, 'utf8'), 'cd in/\nls\nget first\\ quarter.csv\nget /big\ncat nothing\n');
  assert.equal((await stat(history)).mode & 0o777, 0o600);
});

inTerminal('a line that is entered before its completion is there does not end the session', async (context) => {
  const scene = await startScene(context);
  const terminal = await scene.open('shell', scene.url('in'));
  await terminal.shows(/^127\.0\.0\.1:\/in>$/m);
  await terminal.type('cat fi', 'Tab', 'Enter');
  await terminal.shows(/^lockport: 550 .*\/in\/fi\)\n127\.0\.0\.1:\/in>$/m);
});

inTerminal('lines that are pasted together are carried out one after the other', async (context) => {
  const scene = await startScene(context);
  const terminal = await scene.open('shell', scene.url(''));
  await terminal.shows(/^127\.0\.0\.1:\/>$/m);
  await terminal.type('cd in\npwd\nls -');
  await terminal.shows(/^\/in\n127\.0\.0\.1:\/in> ls -$/m);
});

inTerminal('a server that let the connection go is signed in to again', async (context) => {
  const scene = await startScene(context, { limits: { idleMs: 200 } });
  const terminal = await scene.open('shell', scene.url(''));
  await terminal.shows(/^127\.0\.0\.1:\/>$/m);
  await scene.server.event(({ event }) => event === 'session.closed');
  await terminal.type('ls', 'Enter');
  await terminal.shows(/ in\n127\.0\.0\.1:\/>$/m);
});

inTerminal('the doctor breaks its lines where the terminal ends', async (context) => {
  const scene = await startScene(context);
  const terminal = await scene.open('doctor', scene.url(''));
  assert.equal(await terminal.ended(), 0);
  const screen = await terminal.shows(/^Nothing is wrong/m);
  assert.match(screen, /^✓ login +alice is signed in/m);
  assert.match(screen, /nobody else\n {19}can take its place$/m);
});

inTerminal('the password is asked for when the server wants it; Ctrl-D at the question gives none', async (context) => {
  const { home, url, server } = await startRemote(context);
  const ask = (...words: readonly string[]) =>
    Terminal.start(context, home, [BIN, 'ls', ...words, url('')], { HOME: home, LANG: 'C.UTF-8' });
  const stranger = await ask();
  assert.equal(await stranger.ended(), 4);
  assert.doesNotMatch(await stranger.shows(/not trusted/), /Password of/);
  const friend = await ask('--ca', server.certificateFile);
  await friend.shows(/^Password of alice at 127\.0\.0\.1:$/m);
  await friend.press('C-d');
  assert.equal(await friend.ended(), 2);
  await friend.shows(/^lockport: No password was given\nended/m);
  const answered = await ask('--ca', server.certificateFile);
  await answered.shows(/^Password of alice at 127\.0\.0\.1:$/m);
  await answered.type(PASSWORDS['alice'] ?? '', 'Enter');
  assert.equal(await answered.ended(), 0);
});
