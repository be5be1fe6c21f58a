/** A reader's start: the next case, the day so far, and her own cases to come back to. */
import { Button } from '@mantine/core';
import { useQuery, keepPreviousData } from '@tanstack/react-query';
import { IconArrowRight } from '@tabler/icons-react';
import { Link, useParams } from 'react-router';

import { projectQuery } from '../../api/projects';
import { worklistQuery, type Worklist } from '../../api/worklist';
import { Blank, LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Notice } from '../../components/messages/Notice';
import { Page } from '../../components/page/Page';
import { Pager } from '../../components/page/Pager';
import { Panel } from '../../components/page/Panel';
import { useCursor } from '../../hooks/useCursor';
import { lastDay, plural, seconds } from '../../lib/format';
import { OpenCases, ReturnedCases, SkippedCases, SubmittedCases } from './components/OwnCases';

export function WorklistRoute() {
  const slug = useParams().slug as string;
  const project = useQuery(projectQuery(slug));
  const list = useCursor();
  const worklist = useQuery({ ...worklistQuery(slug, list.cursor), placeholderData: keepPreviousData });

  return (
    <Page title={project.data?.name ?? 'Worklist'} width="form">
      <div className="lh-panel" style={{ padding: 24, marginBottom: 14 }}>
        <div style={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '14px 28px' }}>
          <Button
            component={Link}
            to={`/p/${slug}/read`}
            size="lg"
            variant={worklist.data?.away ? 'default' : 'filled'}
            rightSection={<IconArrowRight size={20} />}
            data-testid="read-next"
            autoFocus
          >
            Read next case
          </Button>
          {worklist.data && <Today today={worklist.data.today} />}
        </div>
      </div>
      {worklist.data?.away && (
        <div style={{ marginBottom: 14 }}>
          <Notice testId="away">{awaySentence(worklist.data.away.until)}</Notice>
        </div>
      )}
      {worklist.error && <LoadFailed error={worklist.error} onRetry={() => void worklist.refetch()} />}
      {worklist.isPending && (
        <Panel title="Your cases" flush>
          <LoadingRows rows={6} />
        </Panel>
      )}
      {worklist.data && <OwnCases worklist={worklist.data} list={list} />}
    </Page>
  );
}

function awaySentence(until: string | null): string {
  const away = until === null ? 'You are paused in this project' : `You are on leave in this project until ${lastDay(until)}`;
  return `${away}: no new case is given to you. What you have begun you may finish.`;
}

function Today({ today }: { today: Worklist['today'] }) {
  return (
    <div data-testid="worklist-today">
      <div style={{ fontSize: 17, fontWeight: 600 }}>{plural(today.n_submitted, 'case')} read today</div>
      <div className="lh-note">
        {today.median_seconds === null
          ? 'Your reading time will show here after the first case.'
          : `${seconds(today.median_seconds)} a case (median)`}
      </div>
    </div>
  );
}

function OwnCases({ worklist, list }: { worklist: Worklist; list: ReturnType<typeof useCursor> }) {
  // A case reserved ahead was never seen: it is the next one, not one to come back to.
  const begun = worklist.open.filter((each) => each.state !== 'reserved');
  return (
    <div style={{ display: 'grid', gap: 14 }}>
      {worklist.returned.length > 0 && (
        <Panel title="Sent back to you" flush testId="returned-cases">
          <ReturnedCases cases={worklist.returned} />
        </Panel>
      )}
      {begun.length > 0 && (
        <Panel title="Begun, not submitted" flush testId="open-cases">
          <OpenCases cases={begun} />
        </Panel>
      )}
      {worklist.skipped.length > 0 && (
        <Panel title="Skipped" side="newest first" flush testId="skipped-cases">
          <SkippedCases cases={worklist.skipped} />
        </Panel>
      )}
      <Panel title="Submitted" side="newest first" flush testId="submitted-cases">
        {worklist.submitted.length === 0 ? (
          <Blank title="Nothing submitted yet">What you submit appears here, and can be opened again and corrected.</Blank>
        ) : (
          <SubmittedCases cases={worklist.submitted} />
        )}
        <Pager
          page={list.page}
          hasNext={worklist.next !== null}
          onBack={list.back}
          onNext={() => worklist.next !== null && list.next(worklist.next)}
        />
      </Panel>
    </div>
  );
}
