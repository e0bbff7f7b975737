import type { ComponentChildren } from 'preact';
import type { Failure } from '../api.ts';
import type { Loaded } from '../use-answer.ts';
import { words } from '../words/index.ts';

/** What the server says, or what to say where it says nothing. */
function failureText({ status, code, message }: Failure): string {
  if (status === 0) return words.unreachable;
  const own = Object.hasOwn(words.failures, code) ? words.failures[code] : undefined;
  if (own !== undefined) return own;
  return message === '' ? words.failed : message;
}

/** Where somebody else was quicker, what is shown is what they have made of it. */
export function changedMeanwhile(failure: Failure): Failure {
  return failure.status === 412 ? { ...failure, message: words.changedMeanwhile } : failure;
}

export function FailureNotice({ failure, retry }: { readonly failure: Failure; readonly retry?: () => void }) {
  return (
    <div class="notice bad" role="alert">
      <p>{failureText(failure)}</p>
      {retry && (
        <button type="button" class="quiet" onClick={retry}>
          {words.retry}
        </button>
      )}
    </div>
  );
}

interface EmptyOptions {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}

/** Nothing is there, and what to do about that. */
export function Empty({ title, text, children }: EmptyOptions) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <p>{text}</p>
      {children}
    </div>
  );
}

interface AnsweredOptions<Body> {
  readonly loaded: Loaded<Body>;
  readonly children: (body: Body) => ComponentChildren;
}

/** What was answered; beside it what fails since then. */
export function Answered<Body>({ loaded: { body, failure, refresh }, children }: AnsweredOptions<Body>) {
  return (
    <>
      {failure && <FailureNotice failure={failure} retry={refresh} />}
      {body === undefined ? !failure && <p class="loading">{words.loading}</p> : children(body)}
    </>
  );
}

export function Badge({
  kind,
  children,
}: {
  readonly kind: 'good' | 'bad' | 'plain' | 'warn';
  readonly children: string;
}) {
  return <span class={`badge ${kind}`}>{children}</span>;
}

/** Terms and what they are. */
export function Facts({ rows }: { readonly rows: readonly (readonly [term: string, is: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows.map(([term, is]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{is}</dd>
        </div>
      ))}
    </dl>
  );
}
