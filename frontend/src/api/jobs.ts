/** Background work of a project: import, training, ranking, export. */
import { queryOptions } from '@tanstack/react-query';

import { words } from '../lib/format';
import { request } from './client';
import type { components } from './schema';

export type JobState = components['schemas']['JobState'];
export type JobRow = Omit<components['schemas']['JobField'], 'progress'> & { progress: JobProgress };

/** Whatever the job reports: `done` or `step` of `total`, where it knows its end. */
export interface JobProgress {
  stage?: string;
  done?: number;
  step?: number;
  total?: number;
  [key: string]: unknown;
}

/** Share done, 0..1, or null while the job does not know. */
export function progressShare(progress: JobProgress | null | undefined): number | null {
  const done = progress?.done ?? progress?.step;
  if (!progress?.total || done === undefined) return null;
  return Math.min(1, done / progress.total);
}

export function isActive(state: string): boolean {
  return state === 'queued' || state === 'running';
}

export function jobsQuery(slug: string) {
  return queryOptions({
    queryKey: ['jobs', slug],
    queryFn: ({ signal }) => request<{ results: JobRow[] }>('GET', `/projects/${slug}/jobs/`, { signal }),
    refetchInterval: (query) => (query.state.data?.results.some((job) => isActive(job.state)) ? 2000 : 10_000),
  });
}

export function cancelJob(id: string): Promise<void> {
  return request('POST', `/jobs/${id}/cancel/`, { body: {} });
}

export function tryJobAgain(id: string): Promise<void> {
  return request('POST', `/jobs/${id}/try-again/`, { body: {} });
}

const STAGES: Record<string, string> = {
  labelling: 'Labelling cases',
  start: 'Starting',
  load: 'Loading images',
  train: 'Training',
  evaluate: 'Measuring on the test consensus',
  score: 'Scoring the pool',
  select: 'Choosing the order',
};

/** What a job is doing, in words, with how far it is where it knows. */
export function progressText(progress: JobProgress): string {
  const done = progress.done ?? progress.step;
  const stage = progress.stage === undefined ? '' : (STAGES[progress.stage] ?? progress.stage);
  const share = done === undefined || !progress.total ? '' : `${done} of ${progress.total}`;
  return [stage, share].filter((part) => part !== '').join(', ') || 'Waiting for a worker';
}

const NAMES: Record<string, string> = {
  import: 'Import of images',
  labels: 'Taking a label table',
  thumbnails: 'Drawing thumbnails',
  train: 'Training',
  promote: 'Putting a model in use',
  score: 'Ranking the pool',
  publish: 'Publishing the order',
  consensus: 'Comparing with the rules, or settling anew',
  settle: 'Settling a case with many marks',
  slots: 'Changing the number of reads',
  round: 'Putting cases into a round',
  study_round: 'Putting cases into a round',
  export: 'Export',
  statistics: 'Counting for the dashboard',
  summary: 'Counting what an import assumed',
  demo: 'Setting up the demo',
  delete_project: 'Deleting a project',
};

/** What a kind of job does, as people call it. */
export function jobName(kind: string): string {
  return NAMES[kind] ?? words(kind);
}
