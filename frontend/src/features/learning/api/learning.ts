/** Learning of a project: policy, training runs, models, curve, ranking. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { isActive, jobsQuery, type JobProgress } from '../../../api/jobs';
import type { components } from '../../../api/schema';

type Schemas = components['schemas'];

/** The server always answers with every field; only a change may leave some out. */
export type TrainingPolicy = Required<Schemas['TrainingPolicyField']>;
/** What a person sets; the version only counts the changes. */
export type PolicyValues = Omit<TrainingPolicy, 'version'>;
export type TrainingRun = Omit<Schemas['RunField'], 'progress'> & { progress: JobProgress };
export type TrainingRunDetail = Omit<Schemas['RunDetailField'], 'progress' | 'history'> & {
  progress: JobProgress;
  history: Record<string, number | null>[];
};
export type ModelRow = Schemas['ModelField'];
export type CurvePoint = Schemas['CurvePointField'];
export type Learning = Omit<Schemas['Learning'], 'policy' | 'runs'> & { policy: TrainingPolicy; runs: TrainingRun[] };
export type RankedCase = Schemas['RankedCaseField'];
export type RankingPage = Schemas['RankingPage'];

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
  | { kind: 'lift'; reason: string }
  | { kind: 'policy'; values: PolicyValues; editedFrom: number };

function perform(slug: string, action: LearningAction): Promise<unknown> {
  switch (action.kind) {
    case 'train':
      return request('POST', `/projects/${slug}/training-runs/`, { body: {} });
    case 'cancel':
      return request('POST', `/training-runs/${action.run}/cancel/`, { body: {} });
    case 'promote':
      return request('POST', `/models/${action.model}/promote/`, { body: { reason: action.reason } });
    case 'lift':
      return request('POST', `/projects/${slug}/learning/lift-rollback/`, { body: { reason: action.reason } });
    case 'policy':
      return request('PUT', `/projects/${slug}/training-policy/`, {
        body: action.values,
        headers: { 'If-Match': `"${action.editedFrom}"` },
      });
  }
}
