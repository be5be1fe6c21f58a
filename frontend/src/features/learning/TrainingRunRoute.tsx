/** One training run: its figures, its history, the labels it used, where it ran, and its log. */
import { Button, ScrollArea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { projectQuery } from '../../api/projects';
import { Blank, LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { CurvePlot } from '../../components/charts/CurvePlot';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { jobTone, StateMark } from '../../components/messages/StateMark';
import { Refused } from '../../components/messages/Refused';
import { dateTime, plural, seconds } from '../../lib/format';
import { learningQuery, trainingRunQuery, useLearningAction, type TrainingRunDetail } from './api/learning';
import { Facts } from './components/Facts';
import { ModelMetrics } from './components/ModelMetrics';
import { RunProgress, runSeconds } from './components/RunsTable';
import { historyCurves } from './curves';

export function TrainingRunRoute() {
  const { slug, runId } = useParams() as { slug: string; runId: string };
  const run = useQuery(trainingRunQuery(runId));
  const act = useLearningAction(slug);
  return (
    <Page
      title={run.data ? `Training run of ${dateTime(run.data.created_at)}` : 'Training run'}
      lead={run.data && `${plural(run.data.n_labels, 'labelled case')}, ${seconds(runSeconds(run.data))}`}
      actions={
        <>
          <Button component={Link} to={`/p/${slug}/learning`} size="xs" variant="default">
            All runs
          </Button>
          {run.data?.allowed_actions.includes('cancel') && (
            <Button
              size="xs"
              variant="default"
              loading={act.isPending}
              onClick={() => act.mutate({ kind: 'cancel', run: runId })}
              data-testid="run-cancel"
            >
              Cancel the run
            </Button>
          )}
        </>
      }
    >
      {run.isPending && <LoadingRows rows={8} />}
      {run.error && <LoadFailed error={run.error} onRetry={() => void run.refetch()} />}
      {act.isError && <Refused error={act.error} />}
      {run.data && <Content slug={slug} run={run.data} />}
    </Page>
  );
}

function Content({ slug, run }: { slug: string; run: TrainingRunDetail }) {
  const findings = useQuery(projectQuery(slug)).data?.schema.findings ?? [];
  const models = useQuery(learningQuery(slug)).data?.models ?? [];
  const model = models.find((each) => each.run === run.id);
  const curves = historyCurves(run.history);
  return (
    <div className="lh-grid" data-testid="run" data-state={run.state}>
      <div className="lh-span-12">
        <StateMark tone={jobTone(run.state)}>{run.state}</StateMark>
        <RunProgress run={run} />
      </div>
      <Panel title="On the test consensus" className="lh-span-7" testId="run-metrics">
        {model ? (
          <ModelMetrics model={model} findings={findings} />
        ) : (
          <Blank title="No figures">They are made when the run ends with a model.</Blank>
        )}
      </Panel>
      <Panel title="History" className="lh-span-5" testId="run-history">
        {curves.length === 0 ? (
          <Blank title="No epoch yet">The losses appear as they are recorded.</Blank>
        ) : (
          <CurvePlot name="Training history" xLabel="epoch" yLabel="loss" curves={curves} />
        )}
      </Panel>
      <Panel title="Labels used" className="lh-span-4" flush>
        <Facts facts={run.snapshot} empty="The snapshot is taken when the run begins." />
      </Panel>
      <Panel title="Settings" className="lh-span-4" flush>
        <Facts facts={run.config} empty="No settings recorded." />
      </Panel>
      <Panel title="Where it ran" className="lh-span-4" flush>
        <Facts facts={run.environment} empty="Recorded when the run ends with a model." />
      </Panel>
      <Panel title="Log" className="lh-span-12" side="the last part" testId="run-log">
        {run.log_tail === '' ? (
          <Blank title="The log is empty" />
        ) : (
          <ScrollArea.Autosize mah={380}>
            <pre className="lh-mono" style={{ margin: 0, whiteSpace: 'pre-wrap', fontSize: 12.5 }}>
              {run.log_tail}
            </pre>
          </ScrollArea.Autosize>
        )}
      </Panel>
    </div>
  );
}
