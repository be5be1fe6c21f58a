/** Rounds of a project: how far each is; opening a calibration or a reader study, and closing a round. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';

type Schemas = components['schemas'];

export type RoundRow = Schemas['RoundRow'];
export type StudyPlan = Schemas['StudyInputRequest'];
export type StudyPreview = Schemas['StudyPreview'];

export function roundsQuery(slug: string) {
  return queryOptions({
    queryKey: ['rounds', slug],
    queryFn: ({ signal }) => request<Schemas['RoundList']>('GET', `/projects/${slug}/rounds/`, { signal }),
    refetchInterval: 5000,
  });
}

/**
 * What opening it would mean; changes nothing. A plan that is refused says why. Counted anew whenever the plan changes,
 * and only then: a count that was kept may be of before the last round, and one on focus would shut the button under a click.
 */
export function studyPreviewQuery(slug: string, plan: StudyPlan) {
  return queryOptions({
    queryKey: ['study-preview', slug, plan],
    queryFn: ({ signal }) => request<StudyPreview>('POST', `/projects/${slug}/studies/preview/`, { body: plan, signal }),
    retry: false,
    gcTime: 0,
    staleTime: Infinity,
  });
}

export function useOpenStudy(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (plan: StudyPlan) => request<Schemas['RoundOutput']>('POST', `/projects/${slug}/studies/`, { body: plan }),
    onSuccess: () => queryClient.invalidateQueries(roundsQuery(slug)),
  });
}

export function useCloseRound(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (number: number) => request('POST', `/projects/${slug}/rounds/${number}/close/`, { body: {} }),
    onSettled: () => queryClient.invalidateQueries(roundsQuery(slug)),
  });
}
