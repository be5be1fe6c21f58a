/** Learning of a project: policy, training runs, models, curve, ranking. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { isActive, jobsQuery, type JobProgress, type JobState } from '../../../api/jobs';
import type { ModelSummary, QueueHealth } from '../../../api/models';
import type { Estimate } from '../../../lib/estimate';

export interface TrainingPolicy {
  is_enabled: boolean;
  every_n_labels: number | null;
  /** UTC, `HH:MM:SS`. */
  daily_at: string | null;
  network: string;
  image_size: number;
  max_epochs: number;
  batch_size: number;
  learning_rate: number;
  seed: number;
  min_cases: number;
  min_positives: number;
  acquisition: string;
  batch_query: number;
  random_share: number;
}

export interface TrainingRun {
  id: string;
  job: string;
  trigger: 'labels' | 'daily' | 'manual';
  state: JobState;
  progress: JobProgress;
  attempt: number;
  n_labels: number;
  error_code: string;
  message: string;
  /** Number of the model it made. */
  model: number | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  allowed_actions: string[];
}

export interface TrainingRunDetail extends TrainingRun {
  config: Record<string, unknown>;
  environment: Record<string, unknown>;
  history: Record<string, number | null>[];
  log_tail: string;
  snapshot: Record<string, unknown>;
}

export interface ModelRow extends ModelSummary {
  in_use: boolean;
}

export interface CurvePoint {
  model: number;
  n_labels: number;
  trained_at: string;
  auroc: Record<string, Estimate | null>;
}

export interface Learning {
  policy: TrainingPolicy;
  /** Pool cases with a complete consensus. */
  n_complete: number;
  runs: TrainingRun[];
  models: ModelRow[];
  curve: CurvePoint[];
  queue: QueueHealth;
  allowed_actions: string[];
}

export function learningQuery(slug: string) {
  return queryOptions({
    queryKey: ['learning', slug],
    queryFn: ({ signal }) => request<Learning>('GET', `/projects/${slug}/learning/`, { signal }),
    refetchInterval: (query) => (query.state.data?.runs.some((run) => isActive(run.state)) ? 2000 : 15_000),
  });
}

export function trainingRunQuery(id: string) {
  return queryOptions({
    queryKey: ['training-run', id],
    queryFn: ({ signal }) => request<TrainingRunDetail>('GET', `/training-runs/${id}/`, { signal }),
    refetchInterval: (query) => (query.state.data && isActive(query.state.data.state) ? 2000 : false),
  });
}

export interface RankedCase {
  position: number;
  case: string;
  label: string;
  why: 'uncertainty' | 'diversity' | 'random' | 'rest' | 'unscored';
  score: number | null;
  probabilities: Record<string, number>;
  /** Nobody has begun it. */
  is_open: boolean;
}

export interface RankingPage {
  ranking: {
    id: string;
    acquisition: string;
    created_at: string;
    n_cases: number;
    model_number: number;
  } | null;
  results: RankedCase[];
  next: string | null;
}

export function rankingQuery(slug: string, cursor: string | null) {
  return queryOptions({
    queryKey: ['ranking', slug, cursor],
    queryFn: ({ signal }) =>
      request<RankingPage>(
        'GET',
        `/projects/${slug}/ranking/${cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`}`,
        { signal },
      ),
  });
}

/** Everything that a started, stopped or promoted model changes is asked for again. */
export function useLearningAction(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (action: LearningAction) => perform(slug, action),
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries(learningQuery(slug)),
        queryClient.invalidateQueries(jobsQuery(slug)),
        queryClient.invalidateQueries({ queryKey: ['training-run'] }),
      ]),
  });
}

export type LearningAction =
  | { kind: 'train' }
  | { kind: 'cancel'; run: string }
  | { kind: 'promote'; model: string; reason: string }
  | { kind: 'policy'; values: TrainingPolicy };

function perform(slug: string, action: LearningAction): Promise<unknown> {
  switch (action.kind) {
    case 'train':
      return request('POST', `/projects/${slug}/training-runs/`, { body: {} });
    case 'cancel':
      return request('POST', `/training-runs/${action.run}/cancel/`, { body: {} });
    case 'promote':
      return request('POST', `/models/${action.model}/promote/`, { body: { reason: action.reason } });
    case 'policy':
      return request('PUT', `/projects/${slug}/training-policy/`, { body: action.values });
  }
}
