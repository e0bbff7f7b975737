import assert from 'node:assert/strict';
import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { ROOT, resolvePath, type Storage } from '../../src/core/index.ts';
import { encryptedStorage, memoryStorage } from '../../src/storage/index.ts';
import { sample } from '../../src/testing/storage-contract/case.ts';
import { temporaryStorage } from '../../src/testing/temporary-storage.ts';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { pythonWith, skipWithoutPrograms } from '../interop/tool.ts';

const DOCS = new URL('../../docs/encrypted-storage/', import.meta.url);
const READER = new URL('reader.py', DOCS).pathname;
const at = (path: string) => resolvePath(ROOT, path);

interface Vectors {
  readonly key: string;
  readonly keyId: string;
  readonly namesKey: string;
  readonly names: readonly { readonly plain: string; readonly stored: string }[];
  readonly files: readonly {
    readonly name: string;
    readonly size: number;
    readonly sha256: string;
    readonly fileKey: string;
    readonly chunkKey: string;
    readonly setKey: string;
    readonly stored: string;
  }[];
}

async function vectors(): Promise<Vectors> {
  return JSON.parse(await readFile(new URL('vectors.json', DOCS), 'utf8')) as Vectors;
}

async function put(storage: Storage, path: string, bytes: Uint8Array, position?: number | 'end'): Promise<void> {
  const upload = await storage.write(at(path), position === undefined ? {} : { at: position });
  upload.sink.end(bytes);
  await upload.commit();
}

function derived(key: string, purpose: string, bytes = 32): string {
  const info = `lockport encrypted storage v1: ${purpose}`;
  return Buffer.from(hkdfSync('sha256', Buffer.from(key, 'hex'), '', info, bytes)).toString('hex');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

test('the test vectors of the format are read as they stand', async () => {
  const { key, keyId, namesKey, names, files } = await vectors();
  const below = memoryStorage();
  const options = { keys: [Buffer.from(key, 'hex')] };
  const storage = encryptedStorage(below, options);
  const named = encryptedStorage(below, { ...options, namesKey: Buffer.from(namesKey, 'hex') });
  assert.equal(derived(key, 'key id', 16), keyId);
  for (const { name, size, sha256: expected, fileKey, chunkKey, setKey, stored } of files) {
    assert.deepEqual([derived(fileKey, 'chunks'), derived(fileKey, 'chunk set')], [chunkKey, setKey]);
    await put(below, `/${name}`, Buffer.from(stored, 'base64'));
    assert.equal((await storage.stat(at(`/${name}`))).size, size);
    assert.equal(sha256(await buffer(await storage.read(at(`/${name}`)))), expected);
  }
  for (const { plain, stored } of names) {
    await put(named, `/${plain}`, Buffer.from(plain));
    assert.equal((await below.stat(at(`/${stored}`))).name, stored);
  }
});

test('the reader in Python gives the content of the test vectors, and of what the server stores', (context) =>
  skipWithoutPrograms(context, async () => {
    const python = await pythonWith('cryptography');
    const directory = await temporaryDirectory(context);
    const { key, namesKey, files } = await vectors();
    const [keyFile, namesFile] = [join(directory, 'key'), join(directory, 'names')];
    await writeFile(keyFile, key);
    await writeFile(namesFile, Buffer.from(namesKey, 'hex'));
    for (const { name, sha256: expected, stored } of files) {
      await writeFile(join(directory, name), Buffer.from(stored, 'base64'));
      const program = `import hashlib,subprocess,sys; print(hashlib.sha256(subprocess.run([sys.executable]+sys.argv[1:],stdout=-1,check=True).stdout).hexdigest())`;
      const output = await python.run(['-c', program, READER, '--key', keyFile, 'cat', join(directory, name)]);
      assert.equal(output.trim(), expected);
    }

    await using local = await temporaryStorage({ durability: 'fast' });
    const keys = [randomBytes(32), Buffer.from(key, 'hex')];
    const old = encryptedStorage(local.storage, { keys: keys.slice(1), namesKey: Buffer.from(namesKey, 'hex') });
    const storage = encryptedStorage(local.storage, { keys, namesKey: Buffer.from(namesKey, 'hex') });
    const content = sample(200_000);
    await old.makeDirectory(at('/M\u00fcller'));
    await put(old, '/M\u00fcller/changed', content);
    await put(storage, '/M\u00fcller/changed', content.subarray(0, 100), 150_000);
    await put(storage, '/M\u00fcller/changed', content, 'end');
    await put(storage, '/empty', Buffer.alloc(0));
    const newKey = join(directory, 'new');
    await writeFile(newKey, (keys[0] ?? Buffer.alloc(0)).toString('base64'));
    const target = join(directory, 'extracted');
    const args = [READER, '--key', newKey, '--key', keyFile, '--names-key', namesFile, 'extract', local.root, target];
    await python.run(args);
    const expected = Buffer.concat([content, content]);
    expected.set(content.subarray(0, 100), 150_000);
    assert.ok(expected.equals(await readFile(join(target, 'M\u00fcller', 'changed'))));
    assert.equal((await readFile(join(target, 'empty'))).length, 0);

    const [stored = ''] = (await readdir(local.root, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => path.slice(local.root.length + 1).includes('/'));
    const bytes = await readFile(stored);
    bytes[70_000] = (bytes[70_000] ?? 0) ^ 1;
    await writeFile(stored, bytes);
    const { code, errors } = await python.attempt([...args.slice(0, -1), join(directory, 'again')]);
    assert.equal(code, 1);
    assert.match(errors, /changed: its chunk 1 does not hold/);
    assert.deepEqual(await readdir(join(directory, 'again', 'M\u00fcller')), []);
  }));
