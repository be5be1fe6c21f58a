/** Long work of the project in one tray: what runs, how far it is, and ways to stop it or to try it again. */
import { ActionIcon, Anchor, Button, Indicator, Popover, Progress, Tooltip } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconStack2 } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';

import { errorMessage } from '../../api/errors';
import {
  cancelJob,
  isActive,
  jobName,
  jobsQuery,
  progressShare,
  progressText,
  tryJobAgain,
  type JobRow,
} from '../../api/jobs';
import { LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { jobTone, StateMark } from '../../components/messages/StateMark';
import { ago } from '../../lib/format';

/** Standing chores of the server; they would only be noise. */
const CHORES = new Set(['seal', 'tick', 'sweep']);
const FINISHED_SHOWN = 6;

export function JobTray({ slug }: { slug: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const jobs = useQuery(jobsQuery(slug));
  const rows = (jobs.data?.results ?? []).filter((job) => !CHORES.has(job.kind));
  const active = rows.filter((job) => isActive(job.state));
  const shown = [...active, ...rows.filter((job) => !isActive(job.state)).slice(0, FINISHED_SHOWN)];
  const label = active.length === 0 ? 'Background work: nothing is running' : `Background work: ${active.length} running`;
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" width={380} trapFocus>
      <Popover.Target>
        <Tooltip label={label} openDelay={400} disabled={isOpen}>
          <Indicator label={active.length} size={15} disabled={active.length === 0} offset={4}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={label}
              aria-expanded={isOpen}
              onClick={() => setIsOpen(!isOpen)}
              data-testid="job-tray"
            >
              <IconStack2 size={18} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-labelledby="job-tray-head" data-testid="job-tray-list">
        <div className="lh-tray-head" id="job-tray-head">Background work</div>
        {jobs.isPending && <LoadingRows rows={2} />}
        {jobs.error && <LoadFailed error={jobs.error} />}
        {jobs.data && shown.length === 0 && <div className="lh-blank">Nothing ran in the last day.</div>}
        {shown.map((job) => (
          <Job key={job.id} slug={slug} job={job} onLeave={() => setIsOpen(false)} />
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}

function Job({ slug, job, onLeave }: { slug: string; job: JobRow; onLeave: () => void }) {
  const queryClient = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelJob(job.id),
    onSettled: () => queryClient.invalidateQueries(jobsQuery(slug)),
  });
  const again = useMutation({
    mutationFn: () => tryJobAgain(job.id),
    onSettled: () => queryClient.invalidateQueries(jobsQuery(slug)),
  });
  const share = progressShare(job.progress);
  const page = pageOf(slug, job);
  return (
    <div className="lh-tray-job" data-testid={`job-${job.kind}`} data-state={job.state}>
      <div style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
        <StateMark tone={jobTone(job.state)}>{jobName(job.kind)}</StateMark>
        <span className="lh-note" style={{ marginLeft: 'auto' }}>
          {isActive(job.state) ? job.state : ago(job.finished_at)}
        </span>
      </div>
      {isActive(job.state) && share !== null && <Progress mt={6} size={4} value={share * 100} aria-label="Progress" />}
      {isActive(job.state) && <div className="lh-note">{progressText(job.progress)}</div>}
      {job.message !== '' && job.state !== 'succeeded' && <div className="lh-note">{job.message}</div>}
      {cancel.isSuccess && isActive(job.state) && <div className="lh-note">It stops after its next step.</div>}
      {cancel.isError && <div className="lh-note">{errorMessage(cancel.error)}</div>}
      {again.isError && <div className="lh-note">{errorMessage(again.error)}</div>}
      <div style={{ display: 'flex', gap: 12, alignItems: 'center', marginTop: 3 }}>
        {page && (
          <Anchor component={Link} to={page} size="xs" onClick={onLeave}>
            Details
          </Anchor>
        )}
        {job.can_cancel && (
          <Button size="compact-xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel
          </Button>
        )}
        {job.can_try_again && (
          <Button size="compact-xs" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

function pageOf(slug: string, job: JobRow): string | null {
  if (job.run !== null) return `/p/${slug}/learning/runs/${job.run}`;
  if (job.kind === 'labels') return `/p/${slug}/imports/labels`;
  if (job.batch !== null) return `/p/${slug}/imports/${job.batch}`;
  return null;
}
