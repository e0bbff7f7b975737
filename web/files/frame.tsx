import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../shared/api.ts';
import { inBackground } from '../shared/in-background.ts';
import { Empty } from '../shared/parts/states.tsx';
import { Tell } from '../shared/parts/told.tsx';
import { useAction } from '../shared/parts/use-action.ts';
import { linkTo, usePlace } from '../shared/router.ts';
import { MyAccount } from './account.tsx';
import { FileBrowser } from './browser/browser.tsx';
import { pathOf } from './paths.ts';
import { useMe } from './reader.ts';
import { UploadPanel } from './uploads/panel.tsx';
import { words } from './words/index.ts';

const TOLD_MS = 8000;

/** What stands around the pages of those who have signed in. */
export function FileFrame({ onSignedOut }: { readonly onSignedOut: () => void }) {
  const me = useMe();
  const [part = 'files', ...names] = usePlace();
  const [told, setTold] = useState('');
  const content = useRef<HTMLElement>(null);
  const { run } = useAction();
  const tell = useCallback((text: string) => setTold(text), []);
  const path = pathOf(names);
  useEffect(() => {
    const title = part === 'account' ? words.parts.account : (names.at(-1) ?? words.parts.files);
    document.title = `${title} · ${words.brand}`;
    content.current?.focus({ preventScroll: true });
  }, [part, path]);
  useEffect(() => {
    const timer = setTimeout(() => setTold(''), TOLD_MS);
    return () => clearTimeout(timer);
  }, [told]);
  const signOut = async () => {
    await run(() => ask('DELETE', '/session'));
    onSignedOut();
  };
  const link = (to: 'files' | 'account') => (
    <a href={linkTo(to)} aria-current={part === to ? 'page' : undefined}>
      {words.parts[to]}
    </a>
  );
  return (
    <Tell.Provider value={tell}>
      <a class="skip" href="#content" onClick={(event) => (event.preventDefault(), content.current?.focus())}>
        {words.skip}
      </a>
      <div class="files-frame">
        <header class="files-bar">
          <a class="brand" href={linkTo('files')}>
            {words.brand}
          </a>
          <nav aria-label={words.navigation}>
            {link('files')}
            {link('account')}
          </nav>
          <span class="reader-name">{me.user}</span>
          <button type="button" class="quiet" onClick={() => inBackground(signOut())}>
            {words.signIn.out}
          </button>
        </header>
        <main id="content" ref={content} tabIndex={-1} class={part === 'files' ? 'browser' : undefined}>
          {part === 'files' && <FileBrowser key={path} path={path} />}
          {part === 'account' && <MyAccount />}
          {part !== 'files' && part !== 'account' && (
            <>
              <h1>{words.notHere.title}</h1>
              <Empty title={words.notHere.title} text={words.notHere.text}>
                <a class="button" href={linkTo('files')}>
                  {words.notHere.way}
                </a>
              </Empty>
            </>
          )}
        </main>
        <UploadPanel />
      </div>
      <div class="told" role="status" aria-live="polite">
        {told}
      </div>
    </Tell.Provider>
  );
}
