import { reply, wordAndRest } from '../../protocol/index.ts';
import { listTree } from '../bundle/list-tree.ts';
import { retrieveBundle } from '../bundle/retrieve.ts';
import { storeBundle } from '../bundle/store.ts';
import { forUser } from '../command.ts';

/** Many files, or the listings of a tree, in one data connection: see docs/bundle.md. */
export const bndl = forUser({
  verb: 'BNDL',
  rfc: 'docs/bundle.md',
  usage: 'BNDL STOR|RETR|MLSD [<path>]',
  summary: 'Move many files, or list a tree, over one data connection',
  opensData: true,
  syntax: wordAndRest,
  features: () => ['BNDL STOR;RETR;MLSD;'],
  async run(user, { word, rest }) {
    if (user.parameters.mode !== 'stream') return reply(504, 'A bundle needs MODE S');
    if (word === 'MLSD') {
      const path = user.resolve(rest);
      const { kind } = await user.files.stat(path, user.session);
      return kind === 'directory' ? listTree(user, path) : reply(501, 'BNDL MLSD lists directories');
    }
    if (rest !== '') return reply(501, `BNDL ${word} takes no path: paths are in the bundle`);
    if (word === 'STOR') return storeBundle(user);
    if (word === 'RETR') return retrieveBundle(user);
    return reply(504, 'There is BNDL STOR, BNDL RETR and BNDL MLSD');
  },
});
