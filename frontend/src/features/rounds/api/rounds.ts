/** Rounds of a project: how far each is; opening a calibration or a reader study, and closing a round. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';
import { Intents } from '../../../lib/intents';

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

/** A plan that is sent again because no answer came opens no second round. */
export function useOpenStudy(slug: string) {
  const queryClient = useQueryClient();
  const [intents] = useState(() => new Intents());
  return useMutation({
    mutationFn: (plan: StudyPlan) => {
      const body = { ...plan, client_uuid: intents.idOf(JSON.stringify(plan)) };
      return request<Schemas['RoundOutput']>('POST', `/projects/${slug}/studies/`, { body });
    },
    onSuccess: (_, plan) => {
      intents.acknowledged(JSON.stringify(plan));
      return queryClient.invalidateQueries(roundsQuery(slug));
    },
  });
}

export function useCloseRound(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (number: number) => request('POST', `/projects/${slug}/rounds/${number}/close/`, { body: {} }),
    onSettled: () => queryClient.invalidateQueries(roundsQuery(slug)),
  });
}
