import type { Certificate } from '../../../src/service/admin/answers.ts';
import { moment } from '../../shared/format.ts';
import { Answered, Badge, Empty, Facts } from '../../shared/parts/states.tsx';
import { useAnswer } from '../../shared/use-answer.ts';
import { words } from '../words/index.ts';

const WARN_DAYS = 14;
const text = words.certificates;

export function Certificates() {
  const loaded = useAnswer<{ readonly certificates: readonly Certificate[] }>('/certificates');
  return (
    <>
      <h1>{text.title}</h1>
      <Answered loaded={loaded}>
        {({ certificates }) =>
          certificates.length === 0 ? (
            <Empty title={text.empty} text={text.emptyText} />
          ) : (
            certificates.map((certificate) => <Card key={certificate.fingerprint} certificate={certificate} />)
          )
        }
      </Answered>
    </>
  );
}

function Card({ certificate }: { readonly certificate: Certificate }) {
  const { subject, names, fingerprint, isSelfSigned, validTo, daysLeft } = certificate;
  const kind = daysLeft < 0 ? 'bad' : daysLeft < WARN_DAYS ? 'warn' : 'good';
  return (
    <section class="card">
      <div class="title">
        <h2>{subject}</h2>
        <span class="badges">
          <Badge kind={kind}>{text.daysLeft(daysLeft)}</Badge>
          {isSelfSigned && <Badge kind="plain">{text.selfSigned}</Badge>}
        </span>
      </div>
      <Facts
        rows={[
          [text.names, names],
          [text.validTo, moment(validTo)],
          [text.fingerprint, <code class="path">{fingerprint}</code>],
        ]}
      />
    </section>
  );
}
