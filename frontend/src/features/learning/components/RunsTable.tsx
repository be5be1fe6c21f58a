/** Training runs, newest first, with what each is doing. */
import { Anchor, Button, Progress } from '@mantine/core';
import { Link } from 'react-router';

import { isActive, progressShare, progressText } from '../../../api/jobs';
import { Blank } from '../../../components/messages/Blank';
import { jobTone, StateMark } from '../../../components/messages/StateMark';
import { figures, TableHead, untitled } from '../../../components/page/TableHead';
import { count, dateTime, seconds } from '../../../lib/format';
import type { TrainingRun, useLearningAction } from '../api/learning';

interface RunsTableProps {
  slug: string;
  runs: TrainingRun[];
  act: ReturnType<typeof useLearningAction>;
}

const TRIGGERS: Record<TrainingRun['trigger'], string> = { labels: 'new labels', daily: 'daily', manual: 'by hand' };

export function RunsTable({ slug, runs, act }: RunsTableProps) {
  if (runs.length === 0) return <Blank title="No training run yet">The policy, or “Retrain now”, starts the first.</Blank>;
  return (
    <table className="lh-table">
      <TableHead
        columns={[
          'State',
          'Begun',
          'Why',
          figures('Labels'),
          figures('Time'),
          figures('Model'),
          untitled('Actions'),
        ]}
      />
      <tbody>
        {runs.map((run) => (
          <tr key={run.id} data-testid={`run-${run.id}`} data-state={run.state}>
            <td>
              <StateMark tone={jobTone(run.state)}>{run.state}</StateMark>
              <RunProgress run={run} />
            </td>
            <td>{dateTime(run.created_at)}</td>
            <td className="lh-nowrap">{TRIGGERS[run.trigger]}</td>
            <td className="lh-num">{count(run.n_labels)}</td>
            <td className="lh-num">{seconds(runSeconds(run))}</td>
            <td className="lh-num">{run.model === null ? '' : `version ${run.model}`}</td>
            <td className="lh-num">
              {run.allowed_actions.includes('cancel') && (
                <Button
                  size="compact-sm"
                  variant="default"
                  mr={8}
                  onClick={() => act.mutate({ kind: 'cancel', run: run.id })}
                  data-testid={`run-cancel-${run.id}`}
                >
                  Cancel
                </Button>
              )}
              <Anchor component={Link} to={`/p/${slug}/learning/runs/${run.id}`} size="sm" data-testid={`run-open-${run.id}`}>
                Details
              </Anchor>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function RunProgress({ run }: { run: TrainingRun }) {
  if (run.state === 'failed') return <div className="lh-note">{run.message}</div>;
  if (!isActive(run.state)) return null;
  const share = progressShare(run.progress);
  return (
    <div style={{ minWidth: 130, marginTop: 3 }}>
      {share !== null && <Progress value={share * 100} size={4} aria-label="Progress of the run" />}
      <div className="lh-note">
        {run.allowed_actions.includes('cancel') ? progressText(run.progress) : 'Stopping at the next step'}
        {run.attempt > 1 && `, attempt ${run.attempt}`}
      </div>
    </div>
  );
}

export function runSeconds(run: TrainingRun): number | null {
  if (run.started_at === null) return null;
  const end = run.finished_at === null ? Date.now() : Date.parse(run.finished_at);
  return Math.max(0, (end - Date.parse(run.started_at)) / 1000);
}
