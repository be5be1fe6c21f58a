/** Agreement in one round at a time: the standing one first. Rounds ask different things, so they are not pooled. */
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { agreementQuery, type Dashboard } from '../../../api/dashboard';
import { LoadFailed, LoadingRows } from '../../../components/messages/Blank';
import { Panel } from '../../../components/page/Panel';
import { roundName } from '../../../lib/rounds';
import { AgreementPanel } from './AgreementPanel';
import { PairsPanel } from './PairsPanel';

const STANDING = 1;

export function RoundAgreement({ slug, dashboard }: { slug: string; dashboard: Dashboard }) {
  const [round, setRound] = useState(STANDING);
  const tables = useQuery(agreementQuery(slug, round, dashboard.computed_at));
  const agreement = round === STANDING ? dashboard.agreement : tables.data?.agreement;
  const waiting = tables.error ? <LoadFailed error={tables.error} onRetry={() => void tables.refetch()} /> : <LoadingRows />;
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
  return (
    <>
      <Panel title="Agreement between readers" side={side} testId="agreement">
        {agreement ? <AgreementPanel rows={agreement} /> : waiting}
      </Panel>
      <Panel title="Agreement by pair of readers" testId="pairs">
        {tables.data ? <PairsPanel rows={tables.data.pairs} findings={tables.data.agreement} /> : waiting}
      </Panel>
    </>
  );
}
