import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as original from 'basic-ftp';
import * as compat from './index.ts';

/** Whether one type can stand where the other is expected. */
type Fits<From, To> = [From] extends [To] ? true : false;
/** What a program may use of a class; classes with hidden members fit no other class. */
type Open<T> = Pick<T, keyof T>;
/** Left out of the published types. */
type Internal = 'open' | 'secure';
/** Apart from what holds a context, which is compared by itself. */
type Calls<T> = Omit<T, 'ftp' | 'prepareTransfer'>;

/** Does not compile unless each type fits. */
const compiled: readonly true[] = [
  same<compat.FTPResponse, original.FTPResponse>(),
  same<compat.AccessOptions, original.AccessOptions>(),
  same<compat.ClientOptions, original.ClientOptions>(),
  same<compat.UploadOptions, original.UploadOptions>(),
  same<compat.UnixPermissions, original.UnixPermissions>(),
  same<compat.StringEncoding, original.StringEncoding>(),
  same<compat.FileInfo, original.FileInfo>(),
  same<compat.FileType, original.FileType>(),
  same<compat.RawListParser, original.RawListParser>(),
  same<compat.FTPError, original.FTPError>(),
  same<compat.ResponseHandler, original.ResponseHandler>(),
  same<compat.TaskResolver, original.TaskResolver>(),
  same<keyof compat.Client, keyof original.Client>(),
  same<Exclude<keyof compat.FTPContext, Internal>, keyof original.FTPContext>(),
  same<Omit<compat.FTPContext, Internal>, Open<original.FTPContext>>(),
  same<Calls<compat.Client>, Calls<original.Client>>(),
  same<ConstructorParameters<typeof compat.Client>, ConstructorParameters<typeof original.Client>>(),
  same<ConstructorParameters<typeof compat.FTPContext>, ConstructorParameters<typeof original.FTPContext>>(),
  same<typeof compat.parseList, typeof original.parseList>(),
];

function same<Ours, Theirs>(
  ..._proof: [Fits<Ours, Theirs>, Fits<Theirs, Ours>] extends [true, true] ? [] : [never]
): true {
  return true;
}

test('the types are those of basic-ftp, both ways', () => {
  assert.ok(compiled.every(Boolean));
});

/** What Node adds to a CommonJS module. */
const loaderNames = ['__esModule', 'default', 'module.exports'];

test('what basic-ftp exports is exported', () => {
  const names = Object.keys(original);
  assert.deepEqual(Object.keys(compat).sort(), names.filter((name) => !loaderNames.includes(name)).sort());
});

test('what can be called on a client and its context of basic-ftp can be called here', () => {
  const pairs = [
    [compat.Client, original.Client],
    [compat.FTPContext, original.FTPContext],
    [compat.FileInfo, original.FileInfo],
    [compat.FTPError, original.FTPError],
  ] as const;
  for (const [our, their] of pairs) {
    const theirs = Object.getOwnPropertyNames(their.prototype).filter(
      (key) => !key.startsWith('_') || key === '_newSocket',
    );
    const ours = Object.getOwnPropertyNames(our.prototype);
    for (const key of theirs) assert.ok(ours.includes(key), `${our.name}.${key}`);
  }
});
