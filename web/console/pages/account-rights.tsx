import { useState } from 'preact/hooks';
import type { AccountAnswer } from '../../../src/service/admin/answers.ts';
import { ask, part } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Badge } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { rightsText, type ShownMount } from '../settings/fields.ts';
import { Origin } from '../settings/settings-card.tsx';
import { words } from '../words/index.ts';

const text = words.account;
type Account = { readonly account: AccountAnswer };
type Held = AccountAnswer['effectiveRights'][number];

/** What rules and mounts make together, directory by directory, and for any path that somebody asks about. */
export function EffectiveRights({ account }: Account) {
  const { effectiveRights, settings, origins } = account;
  const rules = new Set(settings.rights.map(({ path }) => String(path)));
  return (
    <section class="card">
      <h2>{text.rights}</h2>
      <Table
        label={text.rights}
        rows={effectiveRights}
        keyOf={({ path }) => path}
        columns={[
          {
            head: text.rightsIn,
            cell: ({ path }) => (
              <span class="tree" data-depth={Math.min(4, depthOf(path))}>
                <code class="path">{path}</code>
              </span>
            ),
          },
          { head: text.rightsText, cell: (held) => <Rights held={held} /> },
          {
            head: words.settings.from,
            cell: (held) => {
              const mount = mountOf(held);
              const isRule = rules.has(held.path);
              if (!isRule && mount === undefined) return <span class="muted">{text.noRule}</span>;
              return (
                <>
                  {isRule && (
                    <div>
                      {text.byRule} <Origin origin={origins['rights']} />
                    </div>
                  )}
                  {mount?.at === held.path && (
                    <div>
                      {text.byMount(mount.storage)} <Origin origin={origins['mounts']} />
                    </div>
                  )}
                </>
              );
            },
          },
        ]}
      />
      <div class="narrow">
        <Question account={account} />
      </div>
    </section>
  );
}

function Rights({ held }: { readonly held: Pick<Held, 'rights'> }) {
  const mount = mountOf(held);
  return (
    <>
      {rightsText(held.rights)} {mount && <Badge kind="plain">{text.inStorage(mount.storage)}</Badge>}{' '}
      {mount?.readOnly && <Badge kind="warn">{text.readOnly}</Badge>}
    </>
  );
}

interface RightsThere extends Held {
  readonly from: string;
}

function Question({ account: { name } }: Account) {
  const [path, setPath] = useState('');
  const [found, setFound] = useState<RightsThere>();
  const { isBusy, failure, run } = useAction();
  const submit = async () => {
    const answer = await run(() => ask<RightsThere>('GET', `/accounts/${part(name)}/rights`, { query: { path } }));
    setFound(answer?.body);
  };
  return (
    <Form submit={text.askPath} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
      <TextField
        label={text.askedPath}
        placeholder="/in/2030"
        value={path}
        onText={(next) => {
          setPath(next);
          setFound(undefined);
        }}
        autocomplete="off"
        spellcheck={false}
        required
      />
      <div role="status">
        {found && (
          <p class="notice">
            {text.rightsThere(found.path, found.from)} <Rights held={found} />
          </p>
        )}
      </div>
    </Form>
  );
}

function mountOf(held: object): ShownMount | undefined {
  return 'mount' in held ? (held.mount as ShownMount) : undefined;
}

function depthOf(path: string): number {
  return path.split('/').filter((name) => name !== '').length;
}
