/** Rounds of reading: the standing one with all cases, and those opened for some. */
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router';

import { projectQuery } from '../../api/projects';
import { LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { dateTime } from '../../lib/format';
import { roundsQuery } from './api/rounds';
import { RoundsTable } from './components/RoundsTable';
import { StudyForm } from './components/StudyForm';

export function RoundsRoute() {
  const slug = useParams().slug as string;
  // Cases that were ticked in their list.
  const numbers = useSearchParams()[0].get('cases') ?? '';
  const rounds = useQuery(roundsQuery(slug));
  const findings = useQuery(projectQuery(slug)).data?.schema.findings ?? [];
  return (
    <Page
      title="Rounds"
      lead="The standing round takes every imported case. A calibration or a reader study is a round of its own: its reads are compared, and become no label and no training data."
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <Panel
          title="All rounds"
          side={rounds.data?.computed_at ? `counted ${dateTime(rounds.data.computed_at)}` : undefined}
          flush
          testId="rounds"
        >
          {rounds.isPending && <LoadingRows />}
          {rounds.error && <LoadFailed error={rounds.error} onRetry={() => void rounds.refetch()} />}
          {rounds.data && <RoundsTable slug={slug} rounds={rounds.data.results} findings={findings} />}
        </Panel>
        <Panel title="Open a calibration or a reader study" testId="study">
          <StudyForm key={numbers} slug={slug} findings={findings} numbers={numbers} />
        </Panel>
      </div>
    </Page>
  );
}
