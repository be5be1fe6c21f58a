/** Agreement in one round at a time: the standing one first. Rounds ask different things, so they are not pooled. */
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { agreementQuery, type AgreementRow, type Dashboard, type PairRow } from '../../../api/dashboard';
import { LoadFailed, LoadingRows } from '../../../components/messages/Blank';
import { Panel } from '../../../components/page/Panel';
import { roundName } from '../../../lib/rounds';
import { AgreementPanel } from './AgreementPanel';
import { PairsPanel } from './PairsPanel';

const STANDING = 1;

export function RoundAgreement({ slug, dashboard }: { slug: string; dashboard: Dashboard }) {
  const [round, setRound] = useState(STANDING);
  const other = useQuery({ ...agreementQuery(slug, round), enabled: round !== STANDING });
  const rounds = dashboard.agreement_rounds;
  const choice = rounds.some(({ number }) => number !== STANDING) && (
    <NativeSelect
      size="xs"
      aria-label="Round"
      value={round}
      onChange={(event) => setRound(Number(event.currentTarget.value))}
      data={rounds.map((each) => ({ value: String(each.number), label: roundName(each) }))}
      data-testid="agreement-round"
    />
  );
  const side = (
    <span style={{ display: 'flex', gap: 12, alignItems: 'center' }}>
      first submitted reads
      {choice}
    </span>
  );
  if (round === STANDING) return <Tables side={side} agreement={dashboard.agreement} pairs={dashboard.pairs} />;
  if (other.data) return <Tables side={side} agreement={other.data.agreement} pairs={other.data.pairs} />;
  return (
    <Panel title="Agreement between readers" side={side} testId="agreement">
      {other.error ? <LoadFailed error={other.error} onRetry={() => void other.refetch()} /> : <LoadingRows />}
    </Panel>
  );
}

function Tables({ side, agreement, pairs }: { side: React.ReactNode; agreement: AgreementRow[]; pairs: PairRow[] }) {
  return (
    <>
      <Panel title="Agreement between readers" side={side} testId="agreement">
        <AgreementPanel rows={agreement} />
      </Panel>
      <Panel title="Agreement by pair of readers" testId="pairs">
        <PairsPanel rows={pairs} findings={agreement} />
      </Panel>
    </>
  );
}
