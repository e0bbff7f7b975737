import type { ComponentChildren } from 'preact';
import type { AccountAnswer } from '../../../src/service/admin/answers.ts';
import { part } from '../../shared/api.ts';
import { bytes, count, day, moment } from '../../shared/format.ts';
import { Answered, Badge, Facts } from '../../shared/parts/states.tsx';
import { useAnswer } from '../../shared/use-answer.ts';
import { words } from '../words/index.ts';

const text = words.account;
/** From there on the bar warns. */
const NEARLY_FULL = 0.9;

interface Quota {
  readonly home: string;
  readonly bytes: number | null;
  readonly files: number | null;
  readonly used: { readonly bytes: number; readonly files: number } | null;
}

/** What the home takes of its quota. Another version of the account may have another quota. */
export function Space({ name, version }: { readonly name: string; readonly version: string | undefined }) {
  const loaded = useAnswer<Quota>(version === undefined ? undefined : `/accounts/${part(name)}/quota`, {}, 0, version);
  return (
    <section class="card">
      <h2>{text.quota}</h2>
      <Answered loaded={loaded}>
        {({ home, used, bytes: most, files }) => (
          <>
            <p>
              <code class="path">{home}</code>
            </p>
            {used === null ? (
              <p class="muted">{text.notCounted}</p>
            ) : (
              <div class="bars">
                <Bar used={used.bytes} most={most} label={text.quota}>
                  {most === null ? text.usedOfAny(bytes(used.bytes)) : text.used(bytes(used.bytes), bytes(most))}
                </Bar>
                <Bar used={used.files} most={files} label={text.fileCount}>
                  {files === null
                    ? text.usedOfAny(text.files(count(used.files)))
                    : text.used(count(used.files), text.files(count(files)))}
                </Bar>
              </div>
            )}
          </>
        )}
      </Answered>
    </section>
  );
}

interface BarOptions {
  readonly used: number;
  readonly most: number | null;
  readonly label: string;
  readonly children: ComponentChildren;
}

function Bar({ used, most, label, children }: BarOptions) {
  const isFull = most !== null && used >= most * NEARLY_FULL;
  return (
    <div>
      {most !== null && (
        <progress class={isFull ? 'full' : undefined} max={most} value={Math.min(used, most)} aria-label={label} />
      )}
      <p>{children}</p>
    </div>
  );
}

/** Who has signed in by it, and by what. */
export function Logins({ account }: { readonly account: AccountAnswer }) {
  const { createdAt, passwordChangedAt, passwordExpires, lastLoginAt, lastLoginTls, lockedUntil } = account;
  return (
    <section class="card">
      <h2>{text.details}</h2>
      <Facts
        rows={[
          [words.accounts.lastLogin, lastLoginAt === undefined ? words.accounts.never : moment(lastLoginAt)],
          ...(lastLoginTls === undefined ? [] : [[text.lastTls, tlsText(lastLoginTls)] as const]),
          ...(lockedUntil === undefined ? [] : [[text.lockedUntil, moment(lockedUntil)] as const]),
          [text.passwordChanged, account.hasPassword ? day(passwordChangedAt) : <Badge kind="plain">{words.no}</Badge>],
          ...(passwordExpires === undefined ? [] : [[text.passwordExpires, moment(passwordExpires)] as const]),
          ...(account.mustChangePassword ? [[text.passwordDue, words.yes] as const] : []),
          [
            text.totp,
            <Badge key="totp" kind={account.hasTotp ? 'good' : 'plain'}>
              {account.hasTotp ? text.totpOn : text.totpOff}
            </Badge>,
          ],
          [text.created, day(createdAt)],
        ]}
      />
    </section>
  );
}

function tlsText(tls: NonNullable<AccountAnswer['lastLoginTls']>): string {
  if (tls === 'clear') return words.sessions.clear;
  const { version, cipher, keyExchange, clientKey } = tls;
  return [version, cipher, keyExchange, clientKey].filter((each) => each !== undefined).join(', ');
}
