import { useEffect, useState } from 'preact/hooks';
import type { PreviewKind } from '../../../src/web/contract.ts';
import { inBackground } from '../../shared/in-background.ts';
import { contentUrl } from '../paths.ts';
import { words } from '../words/index.ts';

const text = words.preview;
/** Of a text; there is more of it behind the link. */
const MOST_CHARACTERS = 200_000;

interface PreviewOptions {
  readonly path: string;
  readonly name: string;
  readonly kind: PreviewKind;
}

/** What is in a file. A picture is an image and a text is text: nothing of an account becomes a document of this page. */
export function FilePreview({ path, name, kind }: PreviewOptions) {
  const [hasFailed, setFailed] = useState(false);
  const url = contentUrl(path, true);
  return (
    <div class="preview">
      {hasFailed && <p class="muted">{text.failed}</p>}
      {kind === 'picture' && !hasFailed && <img src={url} alt={text.picture(name)} onError={() => setFailed(true)} />}
      {kind === 'text' && !hasFailed && <TextPreview url={url} onFailed={() => setFailed(true)} />}
      {!hasFailed && (
        <a href={url} target="_blank" rel="noopener noreferrer">
          {text.newTab}
        </a>
      )}
    </div>
  );
}

function TextPreview({ url, onFailed }: { readonly url: string; readonly onFailed: () => void }) {
  const [shown, setShown] = useState<string>();
  useEffect(() => {
    const ending = new AbortController();
    const load = async () => {
      const response = await fetch(url, { signal: ending.signal }).catch(() => undefined);
      if (ending.signal.aborted) return;
      if (response?.ok) setShown((await response.text()).slice(0, MOST_CHARACTERS));
      else onFailed();
    };
    inBackground(load());
    return () => ending.abort();
  }, [url]);
  if (shown === undefined) return <p class="loading">{text.loading}</p>;
  return (
    <pre tabIndex={0} role="region" aria-label={text.text}>
      {shown}
    </pre>
  );
}
