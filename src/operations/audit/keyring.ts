import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { link, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory, writeWhole } from './durable-file.ts';
import { type AuditPaths, ifMissing, readKeyStatements } from './files.ts';
import { type KeyStatement, keyStatement, type SigningKey, signingKey } from './keys.ts';

/** The key that signs, and the statement by which it took over. */
export interface CurrentKey {
  readonly key: SigningKey;
  readonly statement: KeyStatement;
}

/**
 * The key of an audit trail, which is made where there is none. A key that waits to take over does.
 * @param journalInUse the journal that the segments name, where there are segments
 */
export async function openKey(paths: AuditPaths, journalInUse: string | undefined): Promise<CurrentKey> {
  const key = (await privateKeyIn(paths.key)) ?? (await makeKey(paths.key));
  const known = await readKeyStatements(paths);
  const last = known.at(-1);
  const waiting = await takeOver(paths, { key, last });
  if (waiting) return waiting;
  if (last?.key === key.id) return { key, statement: last };
  // Nobody can vouch for this key: the one before it is lost. Whoever verifies the trail is told.
  const journal = last?.journal ?? journalInUse ?? randomUUID();
  const statement = keyStatement(journal, new Date().toISOString(), key);
  await addStatement(paths, statement);
  return { key, statement };
}

/** Lets the key that waits take over from the present one. Undefined where none waits. */
export async function takeOver(
  paths: AuditPaths,
  { key, last }: { readonly key: SigningKey; readonly last: KeyStatement | undefined },
): Promise<CurrentKey | undefined> {
  const next = await privateKeyIn(paths.nextKey);
  if (!next || !last) return undefined;
  // A crash may have come between the statement and the name.
  const statement = last.key === next.id ? last : keyStatement(last.journal, new Date().toISOString(), next, key);
  if (statement !== last) await addStatement(paths, statement);
  await rename(paths.nextKey, paths.key);
  await syncDirectory(paths.directory);
  return { key: next, statement };
}

/** The key that signs now; undefined where there is none. Changes nothing. */
export function presentKey(paths: AuditPaths): Promise<SigningKey | undefined> {
  return privateKeyIn(paths.key);
}

/** Makes a key that takes over as soon as a server sees it. Gives its id; undefined where one waits already. */
export async function makeNextKey(paths: AuditPaths): Promise<string | undefined> {
  const draft = path.join(paths.directory, `.key-${randomUUID()}`);
  const { id } = await makeKey(draft);
  try {
    // Unlike a rename, it fails where there is one.
    await link(draft, paths.nextKey);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  } finally {
    await unlink(draft);
  }
  await syncDirectory(paths.directory);
  return id;
}

/** Half a statement behind the others would keep the server from its next start, and the trail from being verified. */
async function addStatement(paths: AuditPaths, statement: KeyStatement): Promise<void> {
  const all = [...(await readKeyStatements(paths)), statement];
  await writeWhole(paths.keys, all.map((each) => `${JSON.stringify(each)}\n`).join(''));
}

async function makeKey(file: string): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeWhole(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return signingKey(privateKey);
}

async function privateKeyIn(file: string): Promise<SigningKey | undefined> {
  const pem = await readFile(file, 'utf8').catch(ifMissing(undefined));
  return pem === undefined ? undefined : signingKey(createPrivateKey(pem));
}
