/** What waits, what runs, and what failed in the last week, over all projects. */
import { jobName } from '../../../api/jobs';
import { Blank } from '../../../components/messages/Blank';
import { figures, TableHead } from '../../../components/page/TableHead';
import { ago, count, dateTime } from '../../../lib/format';
import { queuesQuery, type FailedJob, type Queues } from '../api/administration';
import { AskedPanel } from './AskedPanel';

export function QueuesPanel() {
  return (
    <AskedPanel
      title="Background work"
      query={queuesQuery}
      flush
      testId="panel-queues"
      side={({ ticked_at }) => (ticked_at === null ? 'the clock has not started yet' : `the clock rang ${ago(ticked_at)}`)}
    >
      {({ results, failed }) =>
        results.length === 0 ? (
          <Blank title="Nothing waits">No job waits or runs, and none has failed in the last seven days.</Blank>
        ) : (
          <>
            <QueueTable rows={results} />
            {failed.length > 0 && <FailedTable jobs={failed} />}
          </>
        )
      }
    </AskedPanel>
  );
}

function QueueTable({ rows }: { rows: Queues['results'] }) {
  return (
    <table className="lh-table">
      <TableHead columns={['Kind', 'Worker', figures('Waiting'), 'Oldest', figures('Running'), figures('Failed in 7 days')]} />
      <tbody>
        {rows.map((row) => (
          <tr key={row.kind} data-testid={`queue-${row.kind}`}>
            <td>{jobName(row.kind)}</td>
            <td>{row.queue}</td>
            <td className="lh-num">{count(row.n_waiting)}</td>
            <td className="lh-nowrap">{ago(row.waiting_since ?? row.running_since)}</td>
            <td className="lh-num">{count(row.n_running)}</td>
            <td className="lh-num">{count(row.n_failed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function FailedTable({ jobs }: { jobs: FailedJob[] }) {
  return (
    <table className="lh-table" style={{ borderTop: '1px solid var(--lh-line)' }} data-testid="failed-jobs">
      <TableHead columns={['Failed', 'Kind', 'Project', 'Why']} />
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <td className="lh-nowrap">{dateTime(job.finished_at)}</td>
            <td>{jobName(job.kind)}</td>
            <td style={{ overflowWrap: 'anywhere' }}>{job.project ?? 'of the server'}</td>
            <td>
              {job.message}
              <div className="lh-note">{job.attempts === 1 ? 'one attempt' : `${job.attempts} attempts`}</div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
