import { changedFacts, reply } from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { setFacts } from '../set-facts.ts';

export const mff = forUser({
  verb: 'MFF',
  rfc: 'draft-somers-ftp-mfxx-04 section 5',
  usage: 'MFF Modify=<time>;UNIX.mode=<mode>; <path>',
  summary: 'Set facts of an entry, all of them or none',
  syntax: changedFacts,
  features: (session) => {
    const settable = [
      session.can('set-created') && 'Create;',
      session.can('set-modified') && 'Modify;',
      session.can('set-mode') && 'UNIX.mode;',
    ];
    return [`MFF ${settable.filter(Boolean).join('')}`];
  },
  async run(user, changes) {
    await setFacts(user, changes);
    return reply(213, changedFacts.format(changes));
  },
});
