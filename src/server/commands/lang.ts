import { languageTag, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

export const lang = anyone({
  verb: 'LANG',
  rfc: 'RFC 2640 section 4',
  usage: 'LANG [<tag>]',
  summary: 'Select the language of replies; only English exists',
  syntax: languageTag,
  features: () => ['LANG EN*'],
  run: (_session, tag) => (/^(?:en(?:-.*)?)?$/i.test(tag) ? reply(200, 'English') : reply(504, 'English only')),
});
