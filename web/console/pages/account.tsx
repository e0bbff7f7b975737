import type { AccountAnswer } from '../../../src/service/admin/answers.ts';
import { part } from '../../shared/api.ts';
import { Answered } from '../../shared/parts/states.tsx';
import { linkTo } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { AccountActions } from '../parts/account-actions.tsx';
import { SettingsCard } from '../settings/settings-card.tsx';
import { words } from '../words/index.ts';
import { Logins, Space } from './account-facts.tsx';
import { EffectiveRights } from './account-rights.tsx';
import { StateBadge } from './accounts.tsx';

const text = words.account;

/** One account as it holds, and what an operator does with it. */
export function AccountPage({ name }: { readonly name: string }) {
  const { mayAct } = useReader();
  const path = `/accounts/${part(name)}`;
  const loaded = useAnswer<AccountAnswer>(path);
  return (
    <>
      <p>
        <a href={linkTo('accounts')}>{text.back}</a>
      </p>
      <h1 class="path">{name}</h1>
      <Answered loaded={loaded}>
        {(account) => {
          const { settings, own, origins } = account;
          const shared = { path, etag: loaded.etag, refresh: loaded.refresh, settings, own, origins };
          return (
            <>
              <div class="title">
                <StateBadge state={account.state} />
                {mayAct && <AccountActions account={account} etag={loaded.etag} refresh={loaded.refresh} />}
              </div>
              <EffectiveRights account={account} />
              <Space name={name} version={loaded.etag} />
              <Logins account={account} />
              <SettingsCard part="reach" {...shared} />
              <SettingsCard part="limits" {...shared} />
              <SettingsCard part="entry" {...shared} />
            </>
          );
        }}
      </Answered>
    </>
  );
}
