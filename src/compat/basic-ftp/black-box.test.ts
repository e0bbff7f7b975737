import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, test } from 'node:test';
import * as original from 'basic-ftp';
import { startTestServer, type TestServer, type TestServerOptions } from '../../testing/index.ts';
import * as compat from './index.ts';

/**
 * What basic-ftp's documentation promises, as a program sees it: run against this library, and against basic-ftp itself,
 * which shows that the tests say what it does. What is better here is in `better.test.ts`.
 */
const libraries: { readonly [name: string]: typeof compat } = {
  'lockport/compat/basic-ftp': compat,
  'basic-ftp': original as unknown as typeof compat,
};

const SECURITY = { clear: false, explicit: true, implicit: 'implicit' } as const;

for (const [name, library] of Object.entries(libraries)) {
  describe(name, () => {
    for (const [security, secure] of Object.entries(SECURITY)) {
      test(`a file goes up and comes back, ${security}`, async () => {
        await using place = await Place.open(library, { secure });
        const greeting = await place.access();
        assert.equal(greeting.code, 220);
        assert.match(greeting.message, /^220[ -]/);
        const content = Buffer.alloc(300_000, 'all of it');
        const stored = await place.client.uploadFrom(Readable.from([content]), 'file');
        assert.equal(stored.code, 226);
        assert.deepEqual(await readFile(join(place.server.root, 'file')), content);
        assert.deepEqual(await place.fetch('file'), content);
        assert.equal(place.client.ftp.hasTLS, secure !== false);
        assert.equal('encrypted' in place.client.ftp.socket, secure !== false);
        assert.equal(place.client.ftp.socket.remoteAddress, '127.0.0.1');
        assert.equal(place.client.ftp.dataSocket, undefined);
      });
    }

    test('access opens a closed client again, and a client in use anew', async () => {
      await using place = await Place.open(library);
      const { client } = place;
      assert.equal(client.closed, true);
      await place.access();
      assert.equal(client.closed, false);
      client.close();
      assert.equal(client.closed, true);
      await assert.rejects(client.pwd(), { message: 'Client is closed because User closed client', code: '0' });
      await place.access();
      assert.equal(await client.pwd(), '/');
      await client.cd('/');
      await place.access();
      assert.equal(await client.pwd(), '/');
    });

    test('a wrong password is an FTPError, and the client stays open', async () => {
      await using place = await Place.open(library);
      await assert.rejects(place.access({ password: 'guess' }), (error) => isFtpError(library, error, 530));
      assert.equal(place.client.closed, false);
      assert.equal((await place.client.login('alice', 'wonderland')).code, 230);
    });

    test('nobody listening is an error with its system code, and closes the client', async () => {
      await using place = await Place.open(library);
      await assert.rejects(place.client.connect('127.0.0.1', 1), {
        code: 'ECONNREFUSED',
        message: /\(control socket\)$/,
      });
      assert.equal(place.client.closed, true);
    });

    test('a certificate that is not trusted is an error, unless checking is given up', async () => {
      await using place = await Place.open(library);
      const refused = place.access({ secureOptions: {} });
      await assert.rejects(refused, { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
      await place.access({ secureOptions: { rejectUnauthorized: false } });
      assert.equal((await place.client.list()).length, 0);
    });

    test('checkServerIdentity and servername of secureOptions are heeded', async () => {
      await using place = await Place.open(library);
      const { ca } = place.server.tls;
      const wrongName = place.access({ secureOptions: { ca, servername: 'elsewhere.test' } });
      await assert.rejects(wrongName, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      const refusing = { ca, checkServerIdentity: () => new Error('not this one') };
      await assert.rejects(place.access({ secureOptions: refusing }), { message: 'not this one' });
    });

    test('send gives replies, sendIgnoringError refusals too', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client } = place;
      assert.equal((await client.send('NOOP')).code, 200);
      await assert.rejects(client.send('NONSENSE'), (error) => isFtpError(library, error, 500));
      const refusal = await client.sendIgnoringError('NONSENSE');
      assert.equal(refusal.code, 500);
      assert.match(refusal.message, /^500 /);
      assert.equal((await client.send('NONSENSE', true)).code, 500);
      const help = await client.send('HELP');
      assert.match(help.message, /^214-[^\r]*\n[^\r]*\n214 /s);
    });

    test('a command with a line break is refused, and nothing is sent', async () => {
      await using place = await Place.open(library);
      await place.access();
      const refusal = { message: /Contains control characters/ };
      await assert.rejects(place.client.send('NOOP\r\nDELE x'), refusal);
      await assert.rejects(place.client.cd('a\nb'), refusal);
      await assert.rejects(place.client.remove('a\0b'), refusal);
      assert.equal(await place.client.pwd(), '/');
    });

    test('features name what the server can', async () => {
      await using place = await Place.open(library);
      await place.access();
      const features = await place.client.features();
      assert.ok(features instanceof Map);
      assert.equal(features.get('REST'), 'STREAM');
      assert.equal(features.get('SIZE'), '');
      assert.ok(features.has('MLST'));
    });

    test('the working directory stays where cd, cdup and ensureDir lead', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client } = place;
      await client.ensureDir('a/b/c');
      assert.equal(await client.pwd(), '/a/b/c');
      assert.equal((await client.cdup()).code, 250);
      assert.equal(await client.pwd(), '/a/b');
      await client.ensureDir('/a/x');
      assert.equal(await client.pwd(), '/a/x');
      await client.ensureDir('/a/x');
      assert.equal((await client.cd('..')).code, 250);
      assert.equal(await client.pwd(), '/a');
      await assert.rejects(client.cd('nowhere'), (error) => isFtpError(library, error, 550));
    });

    test('size, lastMod, rename and remove act on files', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client, server } = place;
      await writeFile(join(server.root, 'file'), 'content');
      assert.equal(await client.size('file'), 7);
      const { mtime } = await stat(join(server.root, 'file'));
      const modified = await client.lastMod('file');
      assert.equal(Math.floor(modified.getTime() / 1000), Math.floor(mtime.getTime() / 1000));
      assert.equal((await client.rename('file', 'other')).code, 250);
      await assert.rejects(client.size('file'), (error) => isFtpError(library, error, 550));
      await assert.rejects(client.lastMod('file'), (error) => isFtpError(library, error, 550));
      assert.equal((await client.remove('other')).code, 250);
      await assert.rejects(client.remove('other'), (error) => isFtpError(library, error, 550));
      assert.equal((await client.remove('other', true)).code, 550);
    });

    test('list tells of files, directories and links', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client, server } = place;
      await writeFile(join(server.root, 'file'), '12345');
      await mkdir(join(server.root, 'directory'));
      const files = await client.list();
      assert.deepEqual(files.map(({ name }) => name).sort(), ['directory', 'file']);
      const file = files.find(({ name }) => name === 'file');
      assert.ok(file instanceof library.FileInfo);
      assert.equal(file.size, 5);
      assert.equal(file.isFile, true);
      assert.equal(file.isDirectory, false);
      assert.equal(file.type, library.FileType.File);
      assert.ok(file.modifiedAt instanceof Date);
      assert.equal(file.rawModifiedAt, file.modifiedAt.toISOString());
      assert.equal(file.date, file.rawModifiedAt);
      assert.equal(files.find(({ name }) => name === 'directory')?.isDirectory, true);
      assert.deepEqual(await client.list('directory'), []);
      await assert.rejects(client.list('nowhere'), (error) => isFtpError(library, error, 550));
      assert.deepEqual(client.availableListCommands, ['MLSD']);
    });

    test('list goes on to LIST where MLSD is refused, and keeps it', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client, server } = place;
      await writeFile(join(server.root, 'file'), '12345');
      client.availableListCommands = ['NONSENSE', 'LIST'];
      const [file] = await client.list();
      assert.equal(file?.name, 'file');
      assert.equal(file?.size, 5);
      assert.equal(file?.modifiedAt, undefined);
      assert.notEqual(file?.rawModifiedAt, '');
      assert.ok(file?.permissions);
      assert.deepEqual(client.availableListCommands, ['LIST']);
    });

    test('parseList can be replaced', async () => {
      await using place = await Place.open(library);
      await place.access();
      await writeFile(join(place.server.root, 'file'), '');
      let raw = '';
      place.client.parseList = (text) => {
        raw = text;
        return [new library.FileInfo('made up')];
      };
      assert.deepEqual(
        (await place.client.list()).map(({ name }) => name),
        ['made up'],
      );
      assert.match(raw, /type=file.* file\r\n$/);
    });

    test('a local file goes up whole or in part, and is added to', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client, server, local } = place;
      const path = join(local, 'source');
      await writeFile(path, '0123456789');
      await client.uploadFrom(path, 'whole');
      await client.uploadFrom(path, 'part', { localStart: 2, localEndInclusive: 4 });
      await client.appendFrom(path, 'part', { localStart: 8 });
      await client.appendFrom(Readable.from(['!']), 'part');
      await client.upload(path, 'upload');
      await client.append(path, 'upload');
      assert.equal(await readFile(join(server.root, 'whole'), 'utf8'), '0123456789');
      assert.equal(await readFile(join(server.root, 'part'), 'utf8'), '23489!');
      assert.equal(await readFile(join(server.root, 'upload'), 'utf8'), '01234567890123456789');
      await assert.rejects(client.uploadFrom(join(local, 'nothing'), 'x'), { code: 'ENOENT' });
      assert.equal(client.closed, false);
    });

    // basic-ftp ends an upload without a byte before TLS stands.
    test('an empty file goes up and comes back', { skip: name === 'basic-ftp' }, async () => {
      await using place = await Place.open(library);
      await place.access();
      await place.client.uploadFrom(Readable.from([]), 'empty');
      assert.equal(await place.client.size('empty'), 0);
      await place.client.downloadTo(join(place.local, 'empty'), 'empty');
      assert.equal((await stat(join(place.local, 'empty'))).size, 0);
    });

    test('a download fills a file, or goes on where it is told to', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client, server, local } = place;
      await writeFile(join(server.root, 'file'), '0123456789');
      const path = join(local, 'target');
      assert.equal((await client.downloadTo(path, 'file')).code, 226);
      assert.equal(await readFile(path, 'utf8'), '0123456789');
      await writeFile(path, 'abcd');
      await client.downloadTo(path, 'file', 4);
      assert.equal(await readFile(path, 'utf8'), 'abcd456789');
      await client.download(path, 'file');
      assert.equal(await readFile(path, 'utf8'), '0123456789');
      assert.deepEqual(await place.fetch('file', 7), Buffer.from('789'));
    });

    test('a download that is refused leaves no empty file, and one that was there before', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client, local } = place;
      const path = join(local, 'target');
      await assert.rejects(client.downloadTo(path, 'nothing'), (error) => isFtpError(library, error, 550));
      await assert.rejects(stat(path), { code: 'ENOENT' });
      await writeFile(path, 'kept');
      await assert.rejects(client.downloadTo(path, 'nothing', 4), (error) => isFtpError(library, error, 550));
      assert.equal(await readFile(path, 'utf8'), 'kept');
      assert.equal(client.closed, false);
      assert.equal(await client.pwd(), '/');
    });

    test('directories go up, come down and are removed', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client, server, local } = place;
      const source = join(local, 'source');
      await mkdir(join(source, 'sub/empty'), { recursive: true });
      await writeFile(join(source, 'one'), '1');
      await writeFile(join(source, 'sub/two'), '22');
      await client.uploadFromDir(source, 'up/there');
      assert.equal(await client.pwd(), '/');
      assert.equal(await readFile(join(server.root, 'up/there/sub/two'), 'utf8'), '22');
      assert.ok((await stat(join(server.root, 'up/there/sub/empty'))).isDirectory());

      await client.downloadToDir(join(local, 'a/b'), 'up');
      assert.equal(await client.pwd(), '/');
      assert.equal(await readFile(join(local, 'a/b/there/one'), 'utf8'), '1');
      assert.ok((await stat(join(local, 'a/b/there/sub/empty'))).isDirectory());

      await client.cd('up/there');
      await client.uploadDir(source);
      await client.downloadDir(join(local, 'c'));
      assert.equal(await readFile(join(local, 'c/sub/two'), 'utf8'), '22');
      await assert.rejects(client.removeEmptyDir('sub'), (error) => isFtpError(library, error, 550));
      await client.removeDir('sub');
      assert.deepEqual(
        (await client.list()).map(({ name }) => name),
        ['one'],
      );
      assert.equal(await client.pwd(), '/up/there');
      await client.clearWorkingDir();
      assert.deepEqual(await client.list(), []);
      await client.removeDir('/');
      await client.cd('/');
      assert.deepEqual(await client.list(), []);
    });

    test('names that begin with a space, and names beyond ASCII, survive', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client, server } = place;
      for (const name of [' leading', 'Grüße 你好', 'two  spaces']) {
        await client.uploadFrom(Readable.from(['x']), name);
        assert.equal(await readFile(join(server.root, name), 'utf8'), 'x');
        assert.ok((await client.list()).some((file) => file.name === name));
        assert.equal(await client.size(name), 1);
        await client.remove(name);
      }
      assert.equal(await client.protectWhitespace(' x'), '/ x');
      assert.equal(await client.protectWhitespace('x '), 'x ');
    });

    test('progress is told for each transfer, and in all', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client } = place;
      const seen: compat.ProgressInfo[] = [];
      client.trackProgress((info) => seen.push(info));
      await client.uploadFrom(Readable.from([Buffer.alloc(1000)]), 'one');
      await client.uploadFrom(Readable.from([Buffer.alloc(500)]), 'two');
      await place.fetch('one');
      const last = new Map(seen.map((info) => [`${info.type} ${info.name}`, info]));
      assert.deepEqual(last.get('upload one'), { name: 'one', type: 'upload', bytes: 1000, bytesOverall: 1000 });
      assert.deepEqual(last.get('upload two'), { name: 'two', type: 'upload', bytes: 500, bytesOverall: 1500 });
      assert.deepEqual(last.get('download one'), { name: 'one', type: 'download', bytes: 1000, bytesOverall: 2500 });
      await client.list();
      assert.deepEqual([seen.at(-1)?.type, seen.at(-1)?.name], ['list', '']);
      client.trackProgress((info) => seen.push(info));
      await client.uploadFrom(Readable.from(['xyz']), 'three');
      assert.equal(seen.at(-1)?.bytesOverall, 3);
      client.trackProgress();
      const count = seen.length;
      await client.uploadFrom(Readable.from(['xyz']), 'four');
      assert.equal(seen.length, count);
    });

    test('the low-level conversation: request, send, and a handler of many replies', async () => {
      await using place = await Place.open(library);
      await place.client.connect('localhost', place.server.explicitPort);
      const { ftp } = place.client;
      await place.client.useTLS({ ...place.server.tls, host: 'localhost' });
      const codes: number[] = [];
      const answer: number = await ftp.handle('USER alice', (response, task) => {
        if (response instanceof Error) task.reject(response);
        else {
          codes.push(response.code);
          if (response.code === 331) ftp.send('PASS wonderland');
          else task.resolve(response.code);
        }
      });
      assert.equal(answer, 230);
      assert.deepEqual(codes, [331, 230]);
      assert.equal((await ftp.request('NOOP')).code, 200);
      await assert.rejects(ftp.request('NONSENSE'), (error) => isFtpError(library, error, 500));
      await assert.rejects(
        ftp.handle('NOOP', () => {
          throw new Error('of the handler');
        }),
        { message: 'of the handler' },
      );
      assert.equal(place.client.closed, true);
    });

    test('transfer strategies can be replaced', async () => {
      await using place = await Place.open(library);
      await place.access();
      let asked = 0;
      place.client.prepareTransfer = async (ftp) => {
        asked += 1;
        return library.enterPassiveModeIPv4(ftp);
      };
      assert.deepEqual(await place.client.list(), []);
      place.client.prepareTransfer = library.enterPassiveModeIPv6;
      assert.deepEqual(await place.client.list(), []);
      assert.equal(asked, 1);
    });

    test('what is said is logged, and a password is not', async () => {
      await using place = await Place.open(library);
      const lines: string[] = [];
      place.client.ftp.log = (line) => {
        lines.push(line);
      };
      await place.access();
      const log = lines.join('\n');
      assert.match(log, /^> USER alice$/m);
      assert.match(log, /^> PASS ###$/m);
      assert.match(log, /^< 230 /m);
      assert.doesNotMatch(log, /wonderland/);
    });

    test('closing while something runs fails that', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client } = place;
      await client.uploadFrom(Readable.from([Buffer.alloc(1_000_000)]), 'file');
      const slow = new Writable({ highWaterMark: 1, write: () => client.close() });
      await assert.rejects(client.downloadTo(slow, 'file'), { message: /User closed client during task/ });
      assert.equal(client.closed, true);
    });

    test('the examples of its README run', async () => {
      await using place = await Place.open(library);
      await place.access();
      const { client, server, local } = place;
      const at = (name: string) => join(local, name);
      await mkdir(at('my'));
      await writeFile(at('my/README.md'), '# Read me');
      assert.deepEqual(await client.list(), []);
      await client.uploadFrom(at('my/README.md'), 'README_FTP.md');
      await client.downloadTo(at('README_COPY.md'), 'README_FTP.md');
      assert.equal(await readFile(at('README_COPY.md'), 'utf8'), '# Read me');
      await client.ensureDir('my/remote/directory');
      await client.uploadFrom(Readable.from(['x']), 'in the way');
      await client.clearWorkingDir();
      await client.uploadFromDir(at('my'));
      assert.deepEqual(await readdir(join(server.root, 'my/remote/directory')), ['README.md']);
    });

    test('a fetcher of URLs finds what it needs: access, lastMod, list, downloadTo', async () => {
      await using place = await Place.open(library);
      await mkdir(join(place.server.root, 'directory'));
      await writeFile(join(place.server.root, 'directory/file'), 'by its URL');
      await place.access();
      const { client } = place;
      const modified = await client.lastMod('/directory/file').catch(() => undefined);
      const entry = (await client.list('/directory')).find(({ name }) => name === 'file');
      assert.equal(entry?.modifiedAt?.getTime(), modified?.getTime());
      const stream = new PassThrough();
      const text = stream.setEncoding('utf8').toArray();
      await client.downloadTo(stream, '/directory/file');
      client.close();
      assert.equal((await text).join(''), 'by its URL');
    });
  });
}

function isFtpError(library: typeof compat, error: unknown, code: number): boolean {
  assert.ok(error instanceof library.FTPError, String(error));
  assert.equal(error.code, code);
  assert.equal(error.name, 'FTPError');
  assert.ok(error.message.startsWith(String(code)));
  return true;
}

/** A server, a client of the library, and a local directory. */
class Place implements AsyncDisposable {
  readonly server: TestServer;
  readonly client: compat.Client;
  readonly local: string;
  readonly #secure: boolean | 'implicit';

  private constructor(server: TestServer, client: compat.Client, local: string, secure: boolean | 'implicit') {
    this.server = server;
    this.client = client;
    this.local = local;
    this.#secure = secure;
  }

  static async open(
    library: typeof compat,
    { secure = true, ...options }: TestServerOptions & { readonly secure?: boolean | 'implicit' } = {},
  ): Promise<Place> {
    const server = await startTestServer({
      sessionReuse: secure === false ? 'off' : 'require',
      ...(secure === false && { clear: { login: true, data: true } }),
      ...options,
    });
    const local = await mkdtemp(join(tmpdir(), 'lockport-compat-'));
    return new Place(server, new library.Client(5000), local, secure);
  }

  access(options: compat.AccessOptions = {}): Promise<compat.FTPResponse> {
    return this.client.access({
      host: 'localhost',
      port: this.#secure === 'implicit' ? this.server.implicitPort : this.server.explicitPort,
      user: 'alice',
      password: 'wonderland',
      secure: this.#secure,
      secureOptions: { ...this.server.tls },
      ...options,
    });
  }

  async fetch(path: string, startAt = 0): Promise<Buffer> {
    const stream = new PassThrough();
    const chunks = stream.toArray();
    await this.client.downloadTo(stream, path, startAt);
    return Buffer.concat(await chunks);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.server[Symbol.asyncDispose]();
    await rm(this.local, { recursive: true });
  }
}
