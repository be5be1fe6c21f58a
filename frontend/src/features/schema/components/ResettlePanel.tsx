/** Cases keep the rules they were settled under: what the rules in force would change, and having it done. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { isActive } from '../../../api/jobs';
import { LoadFailed } from '../../../components/messages/Blank';
import { Panel } from '../../../components/page/Panel';
import { figures, TableHead } from '../../../components/page/TableHead';
import { Refused } from '../../../components/messages/Refused';
import { count, plural } from '../../../lib/format';
import { resettlingQuery, useResettle, type Resettling } from '../api/resettling';

export function ResettlePanel({ slug, names }: { slug: string; names: Record<string, string> }) {
  const { data, error, refetch } = useQuery(resettlingQuery(slug));
  const resettle = useResettle(slug);
  if (error) return <LoadFailed error={error} onRetry={() => void refetch()} />;
  const newest = data?.newest ?? null;
  const busy = resettle.isPending || (newest !== null && isActive(newest.state));
  const compared = newest !== null && !newest.apply && newest.state === 'succeeded' && newest.is_current ? newest : null;
  return (
    <Panel
      title="Cases that are settled already"
      testId="resettle"
      side={
        <Button size="xs" variant="default" loading={busy} onClick={() => resettle.mutate(null)}>
          Compare with the rules in force
        </Button>
      }
    >
      <div style={{ display: 'grid', gap: 10 }}>
        <div>
          They keep the schema and the protocol under which they were settled, also when a read is amended or a finding
          decided later. Compare first; nothing changes until you settle them anew.
        </div>
        {resettle.isError && <Refused error={resettle.error} />}
        {newest !== null && <div role="status">{progress(newest)}</div>}
        {compared !== null && compared.findings.length > 0 && <Difference compared={compared} names={names} />}
        {compared !== null && compared.n_cases > 0 && (
          <div>
            <Button size="xs" disabled={busy} onClick={() => resettle.mutate(compared.id)} data-testid="resettle-apply">
              Settle {plural(compared.n_cases, 'case')} anew
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}

function progress(job: Resettling): string {
  if (isActive(job.state)) {
    return `${job.apply ? 'Settling anew' : 'Comparing'}: ${plural(job.n_done, 'case')} so far.`;
  }
  if (job.state !== 'succeeded') return job.message || 'This was stopped. What is settled anew stays so.';
  if (job.apply) return `${plural(job.n_cases, 'case')} settled anew.`;
  if (!job.is_current) return 'The rules have changed since the last comparison. Compare again.';
  if (job.n_cases === 0) return 'Every case is settled under the rules in force.';
  return [
    `${plural(job.n_cases, 'case')} settled under other rules. Labels would change in ${count(job.n_changed)} of them`,
    `${count(job.n_opened)} would wait for an adjudicator, ${count(job.n_closed)} would no longer wait.`,
  ].join('; ');
}

function Difference({ compared, names }: { compared: Resettling; names: Record<string, string> }) {
  return (
    <table className="lh-table">
      <TableHead columns={['Finding', figures('Labels gained'), figures('lost'), figures('changed')]} />
      <tbody>
        {compared.findings.map((row) => (
          <tr key={row.finding}>
            <td>{names[row.finding] ?? row.finding}</td>
            <td className="lh-num">{count(row.gained)}</td>
            <td className="lh-num">{count(row.lost)}</td>
            <td className="lh-num">{count(row.changed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
