import { generate } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';
import { words } from '../words/index.ts';
import { Secret } from './secret.tsx';

/** The light edge around a code, in its dots, that cameras need (ISO 18004 section 9.1). */
const QUIET = 4;
const text = words.authenticator;

/** A new second factor, to be scanned, opened or typed. The code is drawn here: nobody else sees the secret. */
export function Authenticator({ totp: { secret, uri } }: { readonly totp: { secret: string; uri: string } }) {
  const code = generate(uri);
  const size = code.size + 2 * QUIET;
  return (
    <div class="authenticator">
      <svg class="qr" viewBox={`${-QUIET} ${-QUIET} ${size} ${size}`} role="img" aria-label={text.picture}>
        <path d={toSvgPath(code)} />
      </svg>
      <p>{text.scan}</p>
      <Secret value={secret} label={text.key} />
      <p>
        <a href={uri}>{text.openApp}</a>
      </p>
    </div>
  );
}
