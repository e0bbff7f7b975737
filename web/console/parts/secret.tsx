import { useState } from 'preact/hooks';
import { inBackground } from '../../shared/in-background.ts';
import { words } from '../words/index.ts';

/** Something that is shown this once, with a button that copies it. */
export function Secret({ value, label }: { readonly value: string; readonly label: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <div class="secret-line">
      <code class="secret">{value}</code>
      {'clipboard' in navigator && (
        <button type="button" aria-label={words.secret.copyOf(label)} onClick={() => inBackground(copy())}>
          {isCopied ? words.secret.copied : words.secret.copy}
        </button>
      )}
      <span class="for-readers" role="status">
        {isCopied && words.secret.copied}
      </span>
    </div>
  );
}
