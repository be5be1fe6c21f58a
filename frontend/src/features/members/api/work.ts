/** What people have in hand: numbers for all, the cases of one, taking them back and handing them over. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';

type Schemas = components['schemas'];

export type MemberWork = Schemas['MemberWork'];
export type CaseInHand = Schemas['CaseInHand'];
export type AdjudicationInHand = Schemas['AdjudicationInHand'];

export function workKey(slug: string) {
  return ['work', slug];
}

export function workQuery(slug: string) {
  return queryOptions({
    queryKey: [...workKey(slug), 'all'],
    queryFn: ({ signal }) => request<Schemas['MemberWorkList']>('GET', `/projects/${slug}/members/in-hand/`, { signal }),
    staleTime: 0,
  });
}

export function memberWorkQuery(slug: string, user: string) {
  return queryOptions({
    queryKey: [...workKey(slug), user],
    queryFn: ({ signal }) => request<Schemas['WorkInHand']>('GET', `/projects/${slug}/members/${user}/in-hand/`, { signal }),
    staleTime: 0,
  });
}

export type WorkChange =
  | { kind: 'release'; assignment: string }
  | { kind: 'release_adjudication'; adjudication: string }
  | { kind: 'hand_over'; assignment: string; reader: string }
  | { kind: 'withdraw'; user: string };

export function useWorkChange(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: WorkChange) => sent(slug, change),
    // Also when it was refused: the case stands elsewhere by now.
    onSettled: () => queryClient.invalidateQueries({ queryKey: workKey(slug) }),
  });
}

function sent(slug: string, change: WorkChange): Promise<void> {
  if (change.kind === 'release') return request('POST', `/assignments/${change.assignment}/manager-release/`);
  if (change.kind === 'release_adjudication') return request('POST', `/adjudications/${change.adjudication}/manager-release/`);
  if (change.kind === 'withdraw') return request('POST', `/projects/${slug}/members/${change.user}/withdraw-assigned/`);
  return request('POST', `/assignments/${change.assignment}/hand-over/`, { body: { reader: change.reader } });
}
