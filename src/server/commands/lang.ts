import { languageTag, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

export const lang = anyone({
  verb: 'LANG',
  rfc: 'RFC 2640 section 4',
  usage: 'LANG [<tag>]',
  summary: 'Choose the language of replies: English is the only one',
  syntax: languageTag,
  features: () => ['LANG EN*'],
  run: (_session, tag) => (/^(?:en(?:-.*)?)?$/i.test(tag) ? reply(200, 'English') : reply(504, 'English only')),
});
