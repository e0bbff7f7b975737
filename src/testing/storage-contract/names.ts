import assert from 'node:assert/strict';
import { decodeText } from '../../core/index.ts';
import { at, type ContractCase, content, leave, names, put } from './case.ts';

const NAMES: { readonly [what: string]: string } = {
  'spaces inside and at both ends': ' a  b ',
  'quotes of all kinds': `it's "quoted" \`so\``,
  'brackets and wildcards': '[a]{b}(c)*?',
  'a leading dash': '-rf',
  'a leading dot': '.hidden',
  'dots at its end': 'name...',
  'a backslash': 'a\\b',
  'a colon': 'C:stream',
  'a tilde': '~root',
  'what looks encoded': '%2e%2e%2f&amp;',
  'what looks like code': '$(id) ${HOME} ; |',
  'a tab and other control bytes': 'a\tb\u001b[31m\u007f',
  'umlauts, composed': '\u00c4\u00d6\u00dc.txt',
  'umlauts, decomposed': 'A\u0308O\u0308U\u0308.txt',
  'letters beyond the first plane': '\u{1f4c4} \u{20bb7}',
  'text from right to left': '\u0645\u0644\u0641 \u202e.txt',
  'the replacement character': '\ufffd',
  '255 bytes': 'n'.repeat(255),
  '255 bytes of UTF-8': `${'\u00e9'.repeat(127)}e`,
  'bytes that are not UTF-8': decodeText(Buffer.of(0x66, 0xff, 0xfe, 0x20, 0xc3)),
  'surrogates in UTF-8': decodeText(Buffer.of(0xed, 0xa0, 0x80)),
};

/** Names are bytes: whatever can be a name comes back as it was given. */
export const nameCases: readonly ContractCase[] = [
  ...Object.entries(NAMES).map(
    ([what, name]): ContractCase => ({
      name: `a name may have ${what}`,
      async run(storage) {
        await put(storage, `/${name}`, 'file');
        assert.deepEqual(await names(storage), [name]);
        assert.equal((await storage.stat(at(`/${name}`))).name, name);
        await storage.rename(at(`/${name}`), at('/plain'));
        await storage.makeDirectory(at(`/${name}`));
        await storage.rename(at('/plain'), at(`/${name}/${name}`));
        assert.equal(await content(storage, `/${name}/${name}`), 'file');
        await storage.remove(at(`/${name}/${name}`));
        await storage.removeDirectory(at(`/${name}`));
        assert.deepEqual(await names(storage), []);
      },
    }),
  ),
  {
    name: 'an interrupted upload may have the longest name',
    needs: ['keep-partial'],
    async run(storage) {
      const name = 'n'.repeat(255);
      await leave(storage, `/${name}`, 'half');
      await put(storage, `/${name}`, '+', { at: 'end' });
      assert.equal(await content(storage, `/${name}`), 'half+');
    },
  },
  {
    name: 'names that look alike are different names',
    async run(storage) {
      for (const name of ['a', 'A', ' a', 'a ', 'a.', 'a\u0301', '\u00e1']) await put(storage, `/${name}`, name);
      for (const name of await names(storage)) {
        assert.equal(await content(storage, `/${name}`), Buffer.from(name).toString('latin1'));
      }
      assert.equal((await names(storage)).length, 7);
    },
  },
  {
    name: 'the longest path can be used',
    async run(storage) {
      const directories = Array.from({ length: 15 }, (_, level) => `/${'d'.repeat(254)}`.repeat(level + 1));
      for (const path of directories) await storage.makeDirectory(at(path));
      const path = `${directories.at(-1)}/${'f'.repeat(255)}`;
      await put(storage, path, 'deep');
      assert.equal(await content(storage, path), 'deep');
      await storage.remove(at(path));
      for (const path of directories.toReversed()) await storage.removeDirectory(at(path));
      assert.deepEqual(await names(storage), []);
    },
  },
];
