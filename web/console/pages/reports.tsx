import { useState } from 'preact/hooks';
import type { CryptoAnswer, PolicyAnswer } from '../../../src/service/admin/answers.ts';
import { moment } from '../../shared/format.ts';
import { Answered, Badge, Empty } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { linkTo } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { Choice } from '../parts/choice.tsx';
import { words } from '../words/index.ts';

const text = words.reports;
const POLICIES = [
  ['pci', 'PCI DSS'],
  ['hipaa', 'HIPAA'],
  ['nist', 'NIST'],
];

/** What a policy demands, and whom a stricter profile of encryption would lock out. */
export function Reports() {
  const [policy, setPolicy] = useState(POLICIES[0]?.[0] ?? '');
  const met = useAnswer<PolicyAnswer>('/policy', { policy });
  const crypto = useAnswer<CryptoAnswer>('/crypto');
  return (
    <>
      <h1>{text.title}</h1>
      <section class="card">
        <h2>{text.policy}</h2>
        <Choice label={text.which} value={policy} options={POLICIES} onChoice={setPolicy} />
        <Answered loaded={met}>{(report) => <Policy report={report} />}</Answered>
      </section>
      <section class="card">
        <h2>{text.crypto}</h2>
        <Answered loaded={crypto}>{(report) => <Crypto report={report} />}</Answered>
      </section>
    </>
  );
}

function Policy({ report: { title, isSet, isMet, findings, yours } }: { readonly report: PolicyAnswer }) {
  const missed = findings.filter((finding) => !finding.isMet);
  return (
    <>
      <p>{title}</p>
      <p class={`notice ${isMet ? 'good' : 'warn'}`}>{isMet ? text.met : text.notMet(missed.length)}</p>
      {!isSet && <p class="muted">{text.notSet}</p>}
      <Table
        label={title}
        rows={[...missed, ...findings.filter((finding) => finding.isMet)]}
        keyOf={({ clause, of, what, expected }) => [clause, of, what, expected].join(' ')}
        columns={[
          {
            head: text.state,
            cell: (finding) => (
              <Badge kind={finding.isMet ? 'good' : 'bad'}>{finding.isMet ? words.yes : words.no}</Badge>
            ),
          },
          { head: text.what, cell: ({ what }) => <code class="path">{what}</code> },
          { head: text.expected, cell: ({ expected }) => expected },
          { head: text.found, cell: ({ found, origin }) => (origin === undefined ? found : `${found} (${origin})`) },
          { head: text.clause, cell: ({ clause }) => clause },
        ]}
      />
      {yours.length > 0 && (
        <details>
          <summary>{text.yours}</summary>
          <ul class="lines">
            {yours.map(({ clause, what }) => (
              <li key={`${clause} ${what}`}>
                <span class="muted">{clause}</span>
                <span>{what}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Crypto({ report: { profile, accounts } }: { readonly report: CryptoAnswer }) {
  if (accounts.length === 0) return <Empty title={text.noAccounts} text={text.noAccountsText} />;
  return (
    <>
      <p class="muted">{text.cryptoText(profile)}</p>
      <Table
        label={text.crypto}
        rows={accounts}
        keyOf={({ account }) => account}
        columns={[
          { head: text.account, cell: ({ account }) => <a href={linkTo('accounts', account)}>{account}</a> },
          {
            head: text.last,
            cell: ({ tls, lastLoginAt }) => (
              <>
                {tls === null ? text.never : tls === 'clear' ? text.clear : `${tls.version}, ${tls.cipher}`}
                {lastLoginAt !== null && <div class="muted">{moment(lastLoginAt)}</div>}
              </>
            ),
          },
          {
            head: text.locked,
            cell: ({ tls, lockedOutBy, unknownFor }) =>
              lockedOutBy.length > 0 ? (
                <Badge kind="warn">{lockedOutBy.join(', ')}</Badge>
              ) : tls === null || unknownFor.length > 0 ? (
                <span class="muted">{text.never}</span>
              ) : (
                text.nobody
              ),
          },
        ]}
      />
    </>
  );
}
