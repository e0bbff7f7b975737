import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite } from 'node:test';
import { startTestServer } from '../../src/testing/running-server.ts';
import { digestsOf, SIZES, writeFiles } from './sample-files.ts';
import { findTool, MissingProgram, testWith } from './tool.ts';

suite('restic over rclone', () => {
  let local: string;
  let scratch: string;

  before(async () => {
    local = await mkdtemp(join(tmpdir(), 'lockport-restic-'));
    scratch = await mkdtemp(join(tmpdir(), 'lockport-restic-back-'));
    const many = Array.from({ length: 100 }, (_, index) => [`hundred/${index % 5}/${index}`, index * 1009] as const);
    await writeFiles(local, { ...SIZES, ...Object.fromEntries(many) });
  });
  after(async () => {
    for (const directory of [local, scratch]) await rm(directory, { recursive: true });
  });

  testWith('restic', 'backs up, checks and restores, with several connections at once', async (restic) => {
    const rclone = await findTool('rclone');
    if (!rclone) throw new MissingProgram('rclone');
    await using server = await startTestServer();
    const environment = {
      SSL_CERT_FILE: server.certificateFile,
      RCLONE_CONFIG: '',
      RCLONE_FTP_HOST: 'localhost',
      RCLONE_FTP_PORT: String(server.explicitPort),
      RCLONE_FTP_USER: 'alice',
      RCLONE_FTP_PASS: (await rclone.run(['obscure', 'wonderland'])).trim(),
      RCLONE_FTP_EXPLICIT_TLS: 'true',
      RESTIC_PASSWORD: 'kept in mind',
      RESTIC_REPOSITORY: 'rclone::ftp:repository',
      RESTIC_CACHE_DIR: join(scratch, 'cache'),
    };
    const run = (...args: readonly string[]) => restic.run([...args, '--quiet'], '', environment);
    await run('init');
    await run('backup', local);
    await writeFiles(local, { changed: 500_000 });
    await run('backup', local);
    await run('check', '--read-data');
    await run('restore', 'latest', '--target', join(scratch, 'restored'));
    assert.deepEqual(await digestsOf(join(scratch, 'restored', local)), await digestsOf(local));
    assert.deepEqual(
      server.events.filter(({ event }) => event === 'data.refused'),
      [],
    );
  });
});
