/** Training and ranking of a project: the policy, its runs, what they brought, and who comes next. */
import { Anchor, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { isApiError } from '../../api/errors';
import { projectQuery } from '../../api/projects';
import { LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { ExportMenu, LABELS } from '../../components/page/ExportMenu';
import { Notice } from '../../components/messages/Notice';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { Refused } from '../../components/messages/Refused';
import { ago, plural } from '../../lib/format';
import { learningQuery, useLearningAction, type Learning } from './api/learning';
import { LearningCurve } from './components/LearningCurve';
import { ModelsTable } from './components/ModelsTable';
import { PolicyForm } from './components/PolicyForm';
import { RollbackNotice } from './components/RollbackNotice';
import { RunsTable } from './components/RunsTable';

export function LearningRoute() {
  const slug = useParams().slug as string;
  const learning = useQuery(learningQuery(slug));
  const act = useLearningAction(slug);
  const project = useQuery(projectQuery(slug)).data;
  const roles = project?.roles ?? [];
  const mayExport = project?.allowed_actions.includes('export_labels') ?? false;
  const mayTrain = learning.data?.allowed_actions.includes('train') ?? false;
  return (
    <Page
      title="Learning"
      lead="A network is retrained on the readers’ consensus and puts the pool in the order that teaches it most."
      actions={
        <>
          {mayExport && <ExportMenu slug={slug} what={LABELS} reads={roles.includes('reader')} />}
          <Button component={Link} to={`/p/${slug}/learning/ranking`} size="xs" variant="default" data-testid="ranking-link">
            Ranking
          </Button>
          <Button
            size="xs"
            disabled={!mayTrain}
            loading={act.isPending && act.variables.kind === 'train'}
            onClick={() => act.mutate({ kind: 'train' })}
            data-testid="train-now"
          >
            Retrain now
          </Button>
        </>
      }
    >
      {learning.isPending && <LoadingRows rows={10} />}
      {learning.error && <LoadFailed error={learning.error} onRetry={() => void learning.refetch()} />}
      {act.isError && !isApiError(act.error, 'stale_version') && <Refused error={act.error} />}
      {learning.data && <Content slug={slug} learning={learning.data} act={act} />}
    </Page>
  );
}

type Act = ReturnType<typeof useLearningAction>;

function Content({ slug, learning, act }: { slug: string; learning: Learning; act: Act }) {
  const findings = useQuery(projectQuery(slug)).data?.schema.findings ?? [];
  const { queue, policy } = learning;
  const lacking = policy.min_cases - learning.n_complete;
  return (
    <div style={{ display: 'grid', gap: 14 }}>
      <Notice
        tone={queue.source === 'random' || queue.stale ? 'warn' : 'info'}
        testId="queue-health"
        side={
          queue.source === 'ranking' && (
            <Anchor component={Link} to={`/p/${slug}/learning/ranking`} size="sm">
              Why each case is where it is
            </Anchor>
          )
        }
      >
        <strong>{queue.message}</strong>
        {queue.source === 'ranking' && ` ${plural(queue.n_entries, 'case')}, published ${ago(queue.published_at)}.`}
        {lacking > 0 &&
          ` ${plural(learning.n_complete, 'pool case')} with a complete consensus; ${lacking} more ${lacking === 1 ? 'is' : 'are'} needed to train.`}
      </Notice>
      {learning.rollback !== null && <RollbackNotice rollback={learning.rollback} act={act} />}
      <div className="lh-grid">
        <Panel title="Learning curve" className="lh-span-7" side="test consensus by number of labels" testId="learning-curve">
          <LearningCurve curve={learning.curve} findings={findings} />
        </Panel>
        <Panel title="Policy" className="lh-span-5" testId="policy">
          <PolicyForm policy={policy} act={act} />
        </Panel>
        <Panel title="Training runs" className="lh-span-7" flush testId="runs">
          <RunsTable slug={slug} runs={learning.runs} act={act} />
        </Panel>
        <Panel title="Models" className="lh-span-5" flush testId="models">
          <ModelsTable slug={slug} models={learning.models} act={act} />
        </Panel>
      </div>
    </div>
  );
}
