import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../shared/api.ts';
import { inBackground } from '../shared/in-background.ts';
import { Empty } from '../shared/parts/states.tsx';
import { Tell } from '../shared/parts/told.tsx';
import { useAction } from '../shared/parts/use-action.ts';
import { linkTo, type Place, replaceWith, usePlace } from '../shared/router.ts';
import { useReader } from './me.ts';
import { AccountPage } from './pages/account.tsx';
import { Accounts } from './pages/accounts.tsx';
import { Administrators } from './pages/administrators.tsx';
import { AuditTrail } from './pages/audit.tsx';
import { Bans } from './pages/bans.tsx';
import { Certificates } from './pages/certificates.tsx';
import { ConfigurationPage } from './pages/configuration.tsx';
import { Explain } from './pages/explain.tsx';
import { GroupPage } from './pages/group.tsx';
import { Groups } from './pages/groups.tsx';
import { MePage } from './pages/me.tsx';
import { NewAccount } from './pages/new-account.tsx';
import { Overview } from './pages/overview.tsx';
import { Reports } from './pages/reports.tsx';
import { RulePage } from './pages/rule.tsx';
import { Rules } from './pages/rules.tsx';
import { Sessions } from './pages/sessions.tsx';
import { Tokens } from './pages/tokens.tsx';
import { Language } from './parts/language.tsx';
import { words } from './words/index.ts';

interface Part {
  readonly name: keyof typeof words.pages;
  /** Not for those who are limited to groups. */
  readonly isOfServer?: boolean;
  readonly isForOwners?: boolean;
}

const PARTS: readonly Part[] = [
  { name: 'overview' },
  { name: 'sessions' },
  { name: 'accounts' },
  { name: 'groups' },
  { name: 'bans', isOfServer: true },
  { name: 'certificates', isOfServer: true },
  { name: 'administrators', isOfServer: true, isForOwners: true },
  { name: 'audit' },
  { name: 'explain', isOfServer: true },
  { name: 'rules', isOfServer: true },
  { name: 'reports', isOfServer: true },
  { name: 'configuration', isOfServer: true },
];
const TOLD_MS = 8000;

/** What stands around every page of those who have signed in. */
export function Frame({ onSignedOut }: { readonly onSignedOut: (note?: string) => void }) {
  const { me, isWholeServer } = useReader();
  const place = usePlace();
  const [told, setTold] = useState('');
  const content = useRef<HTMLElement>(null);
  const { run } = useAction();
  const key = place.join('/');
  const [part = 'overview'] = place;
  const isOwner = me.role === 'owner';
  const parts = PARTS.filter(
    ({ isOfServer, isForOwners }) => (isWholeServer || !isOfServer) && (isOwner || !isForOwners),
  );
  const tell = useCallback((text: string) => setTold(text), []);
  useEffect(() => {
    // The link of the first owner is of no use any more.
    if (part === 'welcome') replaceWith();
  }, [part]);
  useEffect(() => {
    document.title = `${titleOf(part)} · ${words.brand}`;
    // Screen readers and keyboards go on at the new page.
    content.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [key]);
  useEffect(() => {
    const timer = setTimeout(() => setTold(''), TOLD_MS);
    return () => clearTimeout(timer);
  }, [told]);
  const signOut = async () => {
    await run(() => ask('POST', '/logout'));
    onSignedOut();
  };
  return (
    <Tell.Provider value={tell}>
      <a class="skip" href="#content" onClick={(event) => (event.preventDefault(), content.current?.focus())}>
        {words.skip}
      </a>
      <div class="frame">
        <header class="bar">
          <a class="brand" href={linkTo()}>
            {words.brand}
          </a>
          <nav aria-label={words.navigation}>
            {parts.map(({ name }) => (
              <a key={name} href={linkTo(name)} aria-current={part === name ? 'page' : undefined}>
                {words.pages[name]}
              </a>
            ))}
          </nav>
          <div class="reader">
            <a class="reader-name" href={linkTo('me')} aria-current={part === 'me' ? 'page' : undefined}>
              {me.administrator}
            </a>
            <span class="reader-role">{words.roles[me.role]}</span>
            <button type="button" class="quiet" onClick={() => inBackground(signOut())}>
              {words.signIn.out}
            </button>
            <Language />
          </div>
        </header>
        <main id="content" ref={content} tabIndex={-1}>
          {pageAt(place, { isWholeServer, isOwner, onSignedOut })}
        </main>
      </div>
      <div class="told" role="status" aria-live="polite">
        {told}
      </div>
    </Tell.Provider>
  );
}

interface PageOptions {
  readonly isWholeServer: boolean;
  readonly isOwner: boolean;
  readonly onSignedOut: (note: string) => void;
}

function pageAt(place: Place, { isWholeServer, isOwner, onSignedOut }: PageOptions): ComponentChildren {
  const [part = 'overview', name] = place;
  if (part === 'overview') return <Overview />;
  if (part === 'sessions') return <Sessions />;
  if (part === 'accounts') return name === undefined ? <Accounts /> : <AccountPage key={name} name={name} />;
  if (part === 'new-account') return <NewAccount />;
  if (part === 'groups') return name === undefined ? <Groups /> : <GroupPage key={name} name={name} />;
  if (part === 'administrators' && isWholeServer && isOwner) return <Administrators />;
  if (part === 'tokens') return <Tokens key={name} of={name} />;
  if (part === 'me') return <MePage onSignedOut={onSignedOut} />;
  if (part === 'audit') return <AuditTrail />;
  if (part === 'explain' && isWholeServer) return <Explain />;
  if (part === 'rules' && isWholeServer) return name === undefined ? <Rules /> : <RulePage key={name} name={name} />;
  if (part === 'reports' && isWholeServer) return <Reports />;
  if (part === 'configuration' && isWholeServer) return <ConfigurationPage />;
  if (part === 'bans' && isWholeServer) return <Bans />;
  if (part === 'certificates' && isWholeServer) return <Certificates />;
  const { title, text, way } = words.notHere;
  return (
    <>
      <h1>{title}</h1>
      <Empty title={title} text={text}>
        <a class="button" href={linkTo()}>
          {way}
        </a>
      </Empty>
    </>
  );
}

function titleOf(part: string): string {
  if (part === 'new-account') return words.newAccount.title;
  if (part === 'me') return words.me.title;
  if (part === 'tokens') return words.tokens.title;
  return Object.hasOwn(words.pages, part) ? words.pages[part as keyof typeof words.pages] : words.notHere.title;
}
